# Everything that is not ours. Debian packages by default; what Debian lacks is fetched by hash
# (models/lock.toml, tools/fetch.py) into build/deps.
set(SELFSAME_DEPS "${PROJECT_SOURCE_DIR}/build/deps" CACHE PATH "What tools/fetch.py unpacked")
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(GTest REQUIRED)
# Debian keeps OpenCV's CMake files in a package that pulls all of it; core and imgproc are enough.
add_library(opencv_small INTERFACE)
find_path(OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
find_library(OPENCV_CORE opencv_core REQUIRED)
find_library(OPENCV_IMGPROC opencv_imgproc REQUIRED)
target_include_directories(opencv_small SYSTEM INTERFACE "${OPENCV_INCLUDE}")
target_link_libraries(opencv_small INTERFACE "${OPENCV_IMGPROC}" "${OPENCV_CORE}")
find_package(OpenVINO REQUIRED COMPONENTS Runtime
  PATHS "${SELFSAME_DEPS}/openvino/openvino/cmake" NO_DEFAULT_PATH)
pkg_check_modules(turbojpeg REQUIRED IMPORTED_TARGET libturbojpeg)
pkg_check_modules(png REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(webp REQUIRED IMPORTED_TARGET libwebp)
pkg_check_modules(heif REQUIRED IMPORTED_TARGET libheif)
pkg_check_modules(ffmpeg REQUIRED IMPORTED_TARGET libavformat libavcodec libavutil libswscale)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE}")
endif()
find_program(LLD ld.lld-19)
if(LLD)
  add_link_options(-fuse-ld=lld-19)
endif()

# aklomp/base64: SIMD base64, out of the pybase64 source archive.
set(BASE64_BUILD_CLI OFF CACHE BOOL "" FORCE)
set(BASE64_BUILD_TESTS OFF CACHE BOOL "" FORCE)
set(BASE64_WITH_OpenMP OFF CACHE BOOL "" FORCE)
set(BASE64_WERROR OFF CACHE BOOL "" FORCE)
add_subdirectory("${SELFSAME_DEPS}/base64" "${CMAKE_BINARY_DIR}/deps/base64" EXCLUDE_FROM_ALL SYSTEM)

# Asio and Beast compiled once. Link selfsame_asio wherever Asio is included: its definitions turn the
# headers into declarations, and a program that mixes both breaks the one-definition rule.
add_library(selfsame_asio STATIC "${CMAKE_CURRENT_LIST_DIR}/asio.cc")
target_link_libraries(selfsame_asio PUBLIC Boost::headers OpenSSL::SSL Threads::Threads)
target_compile_definitions(selfsame_asio PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
