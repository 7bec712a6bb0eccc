#pragma once

#include <cstddef>

namespace vitrine::test {

/// Bytes of the largest single allocation by `new` since the last call (test_core only).
std::size_t takeLargestAllocation();

}  // namespace vitrine::test
