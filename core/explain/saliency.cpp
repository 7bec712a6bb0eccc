#include <cmath>

#include "core/explain/methods.h"
#include "core/explain/pass.h"

namespace vitrine {
namespace {

std::vector<Param> params() {
  return {{.id = "sign", .label = "Sign", .help = "Signed tells raising from lowering; absolute shows only how strongly.",
           .fallback = std::string("signed"), .choices = {{"signed", "Signed"}, {"absolute", "Absolute"}}}};
}

Result<Attribution> explain(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = params();
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  Result<InputGradient> g = inputGradient(args);
  if (!g) return g.error();
  Attribution a = attributionOf("saliency", args, g->goal, g->value);
  a.values = std::move(g->gradient);
  a.isSigned = param<std::string>(args.settings, described, "sign") == "signed";
  a.isSlope = a.isSigned;
  if (!a.isSigned)
    for (Real& v : a.values) v = std::abs(v);
  a.seconds = watch.seconds();
  if (args.progress) args.progress(1);
  return a;
}

}  // namespace

ExplainerSpec saliencySpec() {
  return {.id = "saliency",
          .name = "Saliency",
          .help = "How much the output would change if each input value changed a little: the plain gradient.",
          .formula = "∂f/∂x",
          .source = "Simonyan, Vedaldi, Zisserman 2013",
          .params = params(),
          .supports = fitsAll,
          .explain = explain};
}

}  // namespace vitrine
