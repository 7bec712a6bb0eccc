#pragma once

namespace vitrine {

/// The engine's number type. float in the product; the tests build the core once more with double and compare
/// every gradient with central differences there.
#ifdef VITRINE_DOUBLE
using Real = double;
#else
using Real = float;
#endif

}  // namespace vitrine
