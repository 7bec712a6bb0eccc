#pragma once

#include <cstdint>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "core/base/real.h"

namespace vitrine {

/// How the processor reckons with floats on this thread, as its control register has it (rounding, subnormal numbers); 0 where we do not
/// know the processor.
using FloatMode = std::uint64_t;

inline FloatMode floatMode() {
#if defined(__SSE2__)
  return _mm_getcsr() & ~0x3fu;  // without the marks of what has happened so far
#elif defined(__aarch64__)
  FloatMode mode;
  __asm__ __volatile__("mrs %0, fpcr" : "=r"(mode));
  return mode;
#else
  return 0;
#endif
}

inline void setFloatMode([[maybe_unused]] FloatMode mode) {
#if defined(__SSE2__)
  _mm_setcsr((_mm_getcsr() & 0x3fu) | static_cast<unsigned>(mode));
#elif defined(__aarch64__)
  __asm__ __volatile__("msr fpcr, %0" : : "r"(mode));
#endif
}

/// While it lives, subnormal numbers (below the smallest normal float, 1.2e-38) count as 0 and become 0 on this thread. Moments of an
/// optimiser and gradients that shrink get there, and
/// on them the processor is some hundred times slower. The mode that was there before comes back at the end: who calls the engine keeps its
/// own arithmetic. A pool's threads follow the one that gives the work, so that the bits do not depend on how many there are.
/// With Real = double it does nothing: central differences are compared with unchanged arithmetic.
class FlushSubnormals {
 public:
  FlushSubnormals() : before_(floatMode()) {
    if constexpr (sizeof(Real) == sizeof(float)) setFloatMode(before_ | kFlush);
  }
  ~FlushSubnormals() {
    if constexpr (sizeof(Real) == sizeof(float)) setFloatMode(before_);
  }
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

 private:
#if defined(__aarch64__)
  static constexpr FloatMode kFlush = FloatMode{1} << 24;  // FZ: inputs and results
#else
  static constexpr FloatMode kFlush = 0x8040;  // flush to zero, and denormals are zero
#endif
  FloatMode before_;
};

}  // namespace vitrine
