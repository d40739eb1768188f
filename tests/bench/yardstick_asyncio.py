# SPDX-License-Identifier: MIT
"""A supervisor as one would write it in Python: a semaphore, create_subprocess_exec, communicate().

Usage: yardstick_asyncio.py JOBS CONCURRENCY PROGRAM [ARGUMENT...]; prints jobs per second.
"""

import asyncio
import subprocess
import sys
from time import perf_counter


async def supervise(count, limit, argv):
    gate = asyncio.Semaphore(limit)

    async def run_one():
        async with gate:
            process = await asyncio.create_subprocess_exec(
                *argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            await process.communicate()

    await asyncio.gather(*[run_one() for _ in range(count)])


def main():
    count, limit, argv = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    begin = perf_counter()
    asyncio.run(supervise(count, limit, argv))
    print(f"{count / (perf_counter() - begin):.1f}")


if __name__ == "__main__":
    main()
