// What a form hides does nothing, and what it shows does something.
#include <set>

#include "core/data/dataset.h"
#include "core/train/loss.h"
#include "core/train/optimiser.h"
#include "tests/core/explain_case.h"

namespace vitrine {
namespace {

using namespace test;

/// Another legal value than `p` has by default.
ParamValue changed(const Param& p) {
  if (const bool* yes = std::get_if<bool>(&p.fallback)) return !*yes;
  if (const std::int64_t* n = std::get_if<std::int64_t>(&p.fallback)) return static_cast<double>(*n) + 1 <= p.high ? *n + 1 : *n - 1;
  if (const double* v = std::get_if<double>(&p.fallback)) return *v + 0.5 <= p.high ? *v + 0.5 : 0.5 * (p.low + *v);
  if (const IntPair* pair = std::get_if<IntPair>(&p.fallback)) return IntPair{(*pair)[0] + 1, (*pair)[1] + 1};
  if (p.choices.empty()) return std::string("3, 2, 1");
  for (const Choice& c : p.choices)
    if (c.id != std::get<std::string>(p.fallback)) return c.id;
  return p.fallback;
}

std::vector<Param> hiddenOf(std::span<const Param> described, const Params& values = {}) {
  std::vector<Param> out;
  for (const Param& p : described)
    if (!paramShown(p, values, described)) out.push_back(p);
  return out;
}

TEST(HiddenParams, OfExplainersChangeNothing) {
  int tried = 0;
  for (const ExplainerSpec& spec : explainerRegistry())
    for (const Case& c : {cnn(), mlp(classesOf({6}, 3))}) {
      const Result<Attribution> usual = c.explain(spec.id);
      for (const Param& p : hiddenOf(spec.params)) {
        const Result<Attribution> other = c.explain(spec.id, {{p.id, changed(p)}});
        ASSERT_EQ(usual.ok(), other.ok()) << spec.id << ' ' << p.id << ": " << (other ? "" : other.error().text());
        if (usual) EXPECT_EQ(usual->values, other->values) << spec.id << ' ' << p.id;
        ++tried;
      }
    }
  EXPECT_GE(tried, 20);
}

TEST(HiddenParams, OfLayersChangeNothing) {
  std::set<std::string> tried, hiding;
  for (const LayerSpec& spec : layerRegistry()) {
    const std::vector<Param> hidden = hiddenOf(spec.params);
    if (hidden.empty()) continue;
    hiding.insert(spec.id);
    for (const Shape& input : {Shape{6, 6, 2}, Shape{6, 2}, Shape{12}}) {
      const auto networkWith = [&](const Params& params) {
        Drawing d;
        d.add("input", "in");
        if (spec.id != "output") d.add(spec.id, "tried", params);
        d.add("flatten", "flat").dense("end", 3).add("output", "out", spec.id == "output" ? params : Params());
        return Network::compile(d.graph, classesOf(input, 3));
      };
      const auto usual = networkWith({});
      if (!usual) continue;
      tried.insert(spec.id);
      Workspace ws(**usual, 1, false, false);
      const auto outputs = [&](const Network& network, Workspace& room) {
        for (std::int64_t i = 0; i < input.size(); ++i) room.input()[i] = static_cast<Real>(0.1 * static_cast<double>(i) - 1);
        const Real* z = network.forward(network.initialise(5).span(), room, 1);
        return std::vector<Real>(z, z + 3);
      };
      const std::vector<Real> before = outputs(**usual, ws);
      for (const Param& p : hidden) {
        const auto other = networkWith({{p.id, changed(p)}});
        ASSERT_TRUE(other) << spec.id << ' ' << p.id << ": " << other.error().text();
        Workspace own(**other, 1, false, false);
        EXPECT_EQ(outputs(**other, own), before) << spec.id << ' ' << p.id;
      }
    }
  }
  EXPECT_EQ(tried, hiding);
}

TEST(HiddenParams, OfLossesAndOptimisersChangeNothing) {
  const std::vector<Param> described = findLayer("output")->params;
  for (const LossSpec& loss : lossRegistry()) {
    const auto lossAndGradient = [&](Params params) {
      params["loss"] = loss.id;
      Drawing d;
      d.add("input", "in").dense("end", 3).add("output", "out", params);
      const DatasetPtr data = randomData(classesOf({4}, 3), 12, 3);
      const std::vector<std::int32_t> rows{0, 1, 2, 3};
      std::vector<Real> values, gradient(12);
      for (int i = 0; i < 12; ++i) values.push_back(static_cast<Real>(0.7 * i - 3));
      LossTargets room;
      const LossSum sum = dataLoss(lossRule(d.graph, *data), *data, rows, values.data(), 1, room, gradient.data());
      gradient.push_back(static_cast<Real>(sum.loss)), gradient.push_back(static_cast<Real>(sum.weight));
      return gradient;
    };
    for (const Param& p : hiddenOf(described, {{"loss", loss.id}}))
      EXPECT_EQ(lossAndGradient({{p.id, changed(p)}}), lossAndGradient({})) << loss.id << ' ' << p.id;
    // Own weights count with cross-entropy alone, whatever the choice of weights says.
    const Param* own = nullptr;
    for (const Param& p : described)
      if (p.id == "class_weight_values") own = &p;
    ASSERT_TRUE(own);
    EXPECT_EQ(paramShown(*own, {{"loss", loss.id}, {"class_weights", std::string("own")}}, described), loss.id == "cross-entropy");
  }
  for (const OptimiserSpec& o : optimiserRegistry()) EXPECT_TRUE(hiddenOf(o.params).empty()) << o.id << ": hides a parameter; compare a step here.";
}

/// For every rule, convention and place: what is hidden changes no network's relevance, and what is shown changes some.
TEST(HiddenParams, OfLrpAreThoseThatTheRuleDoesNotUse) {
  Drawing deep;
  deep.add("input", "in").conv("c1", 4, 3, 1).add("relu", "r1").add("avgpool2d", "pool").conv("c2", 5, 3, 1).add("batchnorm", "norm").add("relu", "r2");
  deep.add("flatten", "flat").dense("a", 9).add("relu", "r3").dense("b", 3).add("output", "out");
  const std::vector<Case> networks{Case(deep.compile(classesOf({6, 6, 1}, 3))), mlp(classesOf({6}, 3))};
  const std::vector<Param> described = findExplainer("lrp")->params;
  const auto choicesOf = [&](const std::string& id) {
    for (const Param& p : described)
      if (p.id == id) return p.choices;
    return std::vector<Choice>();
  };
  for (const Choice& rule : choicesOf("rule"))
    for (const Choice& convention : choicesOf("convention"))
      for (const Choice& layers : choicesOf("layers")) {
        const Params usual{{"rule", rule.id}, {"convention", convention.id}, {"layers", layers.id}};
        SCOPED_TRACE(rule.id + ", " + convention.id + ", " + layers.id);
        for (const Param& p : described) {
          if (p.id == "rule" || p.id == "convention") continue;
          Params other = usual;
          if (p.id == "layers") other[p.id] = std::string(layers.id == "all" ? "convolutions" : "all");
          else other[p.id] = p.id == "low" ? ParamValue(-1.5) : changed(p);
          bool differs = false;
          for (const Case& c : networks) {
            const Result<Attribution> a = c.explain("lrp", usual), b = c.explain("lrp", other);
            ASSERT_TRUE(a && b) << p.id << ": " << (a ? b.error().text() : a.error().text());
            differs = differs || a->values != b->values;
          }
          EXPECT_EQ(differs, paramShown(p, usual, described)) << p.id;
        }
      }
}

}  // namespace
}  // namespace vitrine
