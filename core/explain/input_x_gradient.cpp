#include "core/explain/methods.h"
#include "core/explain/pass.h"

namespace vitrine {
namespace {

Result<Attribution> explain(const ExplainArgs& args) {
  const Stopwatch watch;
  if (Status s = checkExplainArgs(args, {}); !s) return s.error();
  const Result<InputGradient> g = inputGradient(args);
  if (!g) return g.error();
  Attribution a = attributionOf("input-x-gradient", args, g->goal, g->value);
  const std::vector<Real> baseline = baselineOf(args);
  for (std::size_t i = 0; i < baseline.size(); ++i) a.values.push_back((args.input[i] - baseline[i]) * g->gradient[i]);
  a.seconds = watch.seconds();
  if (args.progress) args.progress(1);
  return a;
}

}  // namespace

ExplainerSpec inputXGradientSpec() {
  return {.id = "input-x-gradient",
          .name = "Input × gradient",
          .brief = "I × G",
          .help = "The gradient times the value it belongs to (less the baseline's, if there is one): what each value adds, were the network a straight line from here to there.",
          .formula = "(x − x′) · ∂f/∂x",
          .source = "Shrikumar et al. 2016",
          .params = {},
          .supports = fitsAll,
          .explain = explain,
          .usesBaseline = true};
}

}  // namespace vitrine
