include(GoogleTest)

# selfsame_room(NAME LIBS ...)
# One static library selfsame_NAME from the *.cpp beside the caller (sub-folders included), and
# one test program NAME_tests from its *_test.cpp. LIBS are the rooms and packages it may use.
function(selfsame_room name)
  cmake_parse_arguments(arg "" "" "LIBS;TEST_LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_(test|bench)\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(NOT sources)
    return()
  endif()
  add_library(selfsame_${name} STATIC ${sources})
  target_include_directories(selfsame_${name} PUBLIC "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(selfsame_${name} PUBLIC ${arg_LIBS} PRIVATE selfsame_warnings)
  if(tests)
    add_executable(${name}_tests ${tests})
    target_link_libraries(${name}_tests PRIVATE selfsame_${name} ${arg_TEST_LIBS} selfsame_warnings GTest::gmock GTest::gtest_main)
    # Not the absolute path: the compiler's cache would never serve a second work tree. ctest starts the
    # tests in the repository root.
    target_compile_definitions(${name}_tests PRIVATE SELFSAME_SOURCE_DIR=".")
    # Nobody ships them: what goes wrong is looked at in the debug builds, with or without sanitizers.
    target_compile_options(${name}_tests PRIVATE $<$<CONFIG:RelWithDebInfo>:-g0>)
    # Coroutine tests take the compiler more than twice as long when optimised, and run once. Those that
    # compute on pictures are worth it.
    if(NOT name MATCHES "^(vision|evaluation)$")
      target_compile_options(${name}_tests PRIVATE $<$<CONFIG:RelWithDebInfo>:-O0 -U_FORTIFY_SOURCE>)
    endif()
    gtest_discover_tests(${name}_tests TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
      WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}" PROPERTIES TIMEOUT 600)
  endif()
endfunction()
