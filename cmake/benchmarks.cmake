# Native programs of benchmarks/, built on demand: `profile` prints what each call of a training plan costs.
if(NOT EMSCRIPTEN AND TARGET trainyard_train)
  add_executable(profile EXCLUDE_FROM_ALL benchmarks/profile/profile.cpp)
  target_link_libraries(profile PRIVATE trainyard trainyard_warnings)
endif()
