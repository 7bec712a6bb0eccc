#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/base/numbers.h"
#include "core/model/blocks.h"
#include "core/train/step.h"
#include "core/train/trainer.h"

namespace vitrine {
namespace {

constexpr std::int64_t kBlockRows = 50;  // fixed: decides in which order sums are added

struct Share {
  LossSum sum;
  std::vector<std::int32_t> predicted, classes;
};

}  // namespace

std::optional<Evaluation> evaluate(const Network& network, std::span<const Real> params, const Dataset& data,
                                   std::span<const std::int32_t> rows, ThreadPool& pool, const std::function<bool()>& stop) {
  const std::int64_t n = static_cast<std::int64_t>(rows.size()), outputs = network.outputs();
  const bool classes = data.spec.task == Task::Classification;
  const LossRule loss = lossRule(network.graph(), data);
  const std::int64_t blocks = (n + kBlockRows - 1) / kBlockRows;
  std::vector<Share> parts(static_cast<std::size_t>(blocks));
  Workspaces workspaces(network, kBlockRows, &pool, false, false);
  std::atomic<bool> stopped{false};
  pool.run(blocks, [&](std::int64_t b, int thread) {
    if (stopped || (stop && stop())) {
      stopped = true;
      return;
    }
    Workspace& ws = workspaces.of(thread);
    const std::size_t count = static_cast<std::size_t>(std::min(kBlockRows, n - b * kBlockRows));
    const std::span<const std::int32_t> block = rows.subspan(static_cast<std::size_t>(b * kBlockRows), count);
    gatherInputs(data, block, ws.input());
    const Real* out = network.forward(params, ws, static_cast<std::int64_t>(count));
    Share& part = parts[static_cast<std::size_t>(b)];
    LossTargets targets;
    part.sum = dataLoss(loss, data, block, out, 1, targets, nullptr);
    if (!classes) return;
    part.classes = std::move(targets.classes);
    for (std::size_t r = 0; r < count; ++r) {
      const Real* z = out + static_cast<std::int64_t>(r) * outputs;
      part.predicted.push_back(static_cast<std::int32_t>(std::max_element(z, z + outputs) - z));
    }
  });
  if (stopped) return std::nullopt;
  Evaluation result;
  if (n == 0) return Evaluation{kNan, kNan, {}};
  if (classes) result.confusion.resize(static_cast<std::size_t>(outputs * outputs));
  LossSum sum;
  for (const Share& part : parts) {
    sum += part.sum;
    for (std::size_t r = 0; r < part.predicted.size(); ++r)
      ++result.confusion[static_cast<std::size_t>(part.classes[r] * outputs + part.predicted[r])];
  }
  result.loss = sum.weight > 0 ? sum.loss / sum.weight : kNan;
  result.accuracy = data.spec.task != Task::Regression ? static_cast<double>(sum.correct) / static_cast<double>(n) : kNan;
  return result;
}

}  // namespace vitrine
