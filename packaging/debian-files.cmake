# SPDX-License-Identifier: MIT
# What Debian's policy asks of the files of a package and an ordinary installation does not need: compressed manual pages and
# a changelog. CPack runs it over the tree that it is about to pack.
find_program(GZIP gzip REQUIRED)
set(share "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share")
file(COPY "${CMAKE_CURRENT_LIST_DIR}/changelog" DESTINATION "${share}/doc/bitnet-supervisor")
file(GLOB pages "${share}/man/man1/*.1")
execute_process(COMMAND "${GZIP}" -9 -n -f ${pages} "${share}/doc/bitnet-supervisor/changelog" COMMAND_ERROR_IS_FATAL ANY)
