// SPDX-License-Identifier: MIT
// The program that the precompiled headers of a folder of tests belong to.
int main()
{
    return 0;
}
