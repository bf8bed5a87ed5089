# The engine's folders, lowest first: a folder may include itself and those before it, never those after it.
# CMake links them in this order and scripts/checks/includes.mjs reads the same list.
set(TRAINYARD_FOLDERS
  core
  simd
  kernels
  graph
  ops
  executors
  initializers
  layers
  losses
  optimizers
  schedules
  metrics
  text
  data
  train
  generate
  io
)

# Folders whose loops decide the speed: optimised for speed in WebAssembly too, the others for size.
set(TRAINYARD_HOT_FOLDERS simd kernels ops executors optimizers)
