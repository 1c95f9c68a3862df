# Warnings for our own targets only; third-party headers are system headers.
add_library(selfsame_warnings INTERFACE)
target_compile_options(selfsame_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wswitch-enum -Wnon-virtual-dtor
  -Woverloaded-virtual -Wvla -Wno-c99-designator -Wno-missing-designated-field-initializers
  $<$<BOOL:${SELFSAME_WARNINGS_AS_ERRORS}>:-Werror>)
