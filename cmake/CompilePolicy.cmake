# SPDX-License-Identifier: MIT
# One place for language level, warnings, Qt strictness, sanitizers and ccache. Everything links BitNet::Policy;
# code without Qt (the jobshim) links BitNet::PlainPolicy.

add_library(bitnet_plain_policy INTERFACE)
add_library(BitNet::PlainPolicy ALIAS bitnet_plain_policy)
target_compile_features(bitnet_plain_policy INTERFACE cxx_std_20)
target_compile_options(bitnet_plain_policy INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wunused
    -Wformat=2 -Wimplicit-fallthrough -Wmissing-declarations -fno-strict-aliasing)
if(BITNET_WARNINGS_AS_ERRORS)
    target_compile_options(bitnet_plain_policy INTERFACE -Werror)
endif()
if(BITNET_SANITIZE)
    target_compile_options(bitnet_plain_policy INTERFACE
        -fsanitize=${BITNET_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(bitnet_plain_policy INTERFACE -fsanitize=${BITNET_SANITIZE})
endif()
target_include_directories(bitnet_plain_policy INTERFACE "${PROJECT_SOURCE_DIR}")

add_library(bitnet_policy INTERFACE)
add_library(BitNet::Policy ALIAS bitnet_policy)
target_link_libraries(bitnet_policy INTERFACE bitnet_plain_policy)
target_compile_definitions(bitnet_policy INTERFACE
    QT_NO_KEYWORDS
    QT_NO_CAST_FROM_ASCII
    QT_NO_CAST_TO_ASCII
    QT_NO_CAST_FROM_BYTEARRAY
    QT_NO_URL_CAST_FROM_STRING
    QT_NO_NARROWING_CONVERSIONS_IN_CONNECT
    QT_NO_FOREACH
    QT_STRICT_ITERATORS
    QT_USE_QSTRINGBUILDER
    QT_DISABLE_DEPRECATED_BEFORE=0x060400)

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Precompiled headers need these two sloppiness settings to be cacheable.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND}" -E env "CCACHE_SLOPPINESS=pch_defines,time_macros" "${CCACHE_PROGRAM}")
endif()
