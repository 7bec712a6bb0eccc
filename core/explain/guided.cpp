// Guided backprop, deconvnet and guided Grad-CAM's other half.
#include "core/explain/layer_rules.h"
#include "core/explain/methods.h"

namespace vitrine {
namespace {

constexpr const char* kWarning =
    "Known to hardly change when the network's weights are made random (Adebayo et al. 2018): it shows edges of the input more than what the "
    "network uses. Do not take it as evidence.";

Result<Attribution> run(const ExplainArgs& args, const char* id, const char* name, BackwardHook (*hook)(const Network&)) {
  const Stopwatch watch;
  if (Status s = checkExplainArgs(args, {}); !s) return s.error();
  if (Status s = hasRelu(args.network, name); !s) return s.error();
  Result<InputGradient> g = inputGradient(args, hook(args.network));
  if (!g) return g.error();
  Attribution a = attributionOf(id, args, g->goal, g->value);
  a.values = std::move(g->gradient);
  a.seconds = watch.seconds();
  if (args.progress) args.progress(1);
  return a;
}

ExplainerSpec spec(const char* id, const char* name, const char* help, const char* formula, const char* source, BackwardHook (*hook)(const Network&)) {
  return {.id = id, .name = name, .help = help, .formula = formula, .source = source, .params = {},
          .supports = [name](const Network& network, const Params&) { return hasRelu(network, name); },
          .explain = [=](const ExplainArgs& args) { return run(args, id, name, hook); },
          .family = ExplainerSpec::Family::ModifiedBackward,
          .warning = kWarning};
}

}  // namespace

ExplainerSpec guidedBackpropSpec() {
  ExplainerSpec s = spec("guided-backprop", "Guided backprop", "The gradient, but ReLUs let only positive parts back, and only where they were on: sharp pictures of what excites.",
              "at ReLU: g ← max(0, g) · [x > 0]", "Springenberg et al. 2015", guidedHook);
  s.brief = "guided";
  return s;
}
ExplainerSpec deconvnetSpec() {
  return spec("deconvnet", "Deconvnet", "The gradient, but ReLUs let only positive parts back, whether they were on or off.", "at ReLU: g ← max(0, g)",
              "Zeiler, Fergus 2014", deconvHook);
}

}  // namespace vitrine
