#include "core/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace vitrine {
namespace {

Param epochs(std::string id, std::string label, std::string help, std::int64_t usual, double least = 1) {
  return {.id = std::move(id), .label = std::move(label), .help = std::move(help), .fallback = usual, .low = least, .high = 1'000'000,
          .sliderLow = 1, .sliderHigh = 100};
}
Param factor(std::string id, std::string label, std::string help, double usual) {
  return {.id = std::move(id), .label = std::move(label), .help = std::move(help), .fallback = usual, .low = 0, .high = 1};
}

double halfCosine(double share, double low) { return low + (1 - low) * 0.5 * (1 + std::cos(std::numbers::pi * std::clamp(share, 0.0, 1.0))); }

/// Epochs that a schedule spans: its own number, or the run's.
double span(const Params& p, std::span<const Param> d, const ScheduleMoment& m) {
  const std::int64_t own = param<std::int64_t>(p, d, "epochs");
  if (own > 0) return static_cast<double>(own);
  return m.length > 0 ? m.length : 30;
}

const char* const kSpanHelp = "Epochs from start to end; 0: those after which the run stops (30 where it does not stop).";

double stepwise(const Params& p, std::span<const Param> d, const ScheduleMoment& m) {
  const double every = static_cast<double>(param<std::int64_t>(p, d, "every"));
  return std::pow(param<double>(p, d, "gamma"), std::floor(m.epoch / every));
}
double exponential(const Params& p, std::span<const Param> d, const ScheduleMoment& m) {
  return std::pow(param<double>(p, d, "gamma"), std::floor(m.epoch));
}
double cosine(const Params& p, std::span<const Param> d, const ScheduleMoment& m) {
  return halfCosine(m.epoch / span(p, d, m), param<double>(p, d, "low"));
}
double restarts(const Params& p, std::span<const Param> d, const ScheduleMoment& m) {
  double length = static_cast<double>(param<std::int64_t>(p, d, "first")), at = m.epoch;
  const double grow = static_cast<double>(param<std::int64_t>(p, d, "grow"));
  if (grow == 1) {
    at = std::fmod(at, length);
  } else {
    for (; at >= length; length *= grow) at -= length;
  }
  return halfCosine(at / length, param<double>(p, d, "low"));
}
double warmUp(const Params& p, std::span<const Param> d, const ScheduleMoment& m) {
  const double start = param<double>(p, d, "start"), over = static_cast<double>(param<std::int64_t>(p, d, "over"));
  return start + (1 - start) * std::min(1.0, m.epoch / over);
}
/// Smith & Topin 2018 by the two cosines of PyTorch's OneCycleLR, step by step: of T steps, counted from 0, step rise·T − 1 has the largest rate,
/// which is the one that was chosen, and step T − 1, the last, the lowest.
double oneCycle(const Params& p, std::span<const Param> d, const ScheduleMoment& m) {
  const double step = m.step < 0 ? m.epoch * m.steps : m.step, last = span(p, d, m) * m.steps - 1;
  const double peak = param<double>(p, d, "rise") * (last + 1) - 1;
  const double start = 1 / param<double>(p, d, "divide"), end = start / param<double>(p, d, "divide_end");
  if (step <= peak) return start + (1 - start) * (1 - halfCosine(peak > 0 ? step / peak : 1, 0));
  return end + (1 - end) * halfCosine(last > peak ? (step - peak) / (last - peak) : 1, 0);
}
double plateau(const Params& p, std::span<const Param> d, const ScheduleMoment& m) { return std::pow(param<double>(p, d, "gamma"), m.reductions); }

}  // namespace

std::span<const ScheduleSpec> scheduleRegistry() {
  static const std::vector<ScheduleSpec> specs{
      {"constant", "Constant", "The same learning rate all the time.", "η", {}, [](const Params&, std::span<const Param>, const ScheduleMoment&) { return 1.0; }},
      {"step", "Step", "Makes the rate smaller at once, every so many epochs.", "η · γ^⌊epoch / every⌋",
       {epochs("every", "Every", "Epochs from one step to the next; 5 to 30 is usual.", 10), factor("gamma", "Gamma", "What is left of the rate at each step; 0.1 to 0.5 is usual.", 0.1)},
       stepwise},
      {"exponential", "Exponential", "Makes the rate smaller by the same share each epoch.", "η · γ^epoch",
       {factor("gamma", "Gamma", "What is left of the rate after an epoch; 0.9 to 0.99 is usual.", 0.95)}, exponential},
      {"cosine", "Cosine", "Falls slowly, then fast, then slowly, to the end of the run (Loshchilov & Hutter 2017).", "η · ½(1 + cos(π · epoch / epochs))",
       {epochs("epochs", "Epochs", kSpanHelp, 0, 0), factor("low", "Lowest", "Share of the rate that is left at the end; 0 to 0.1 is usual.", 0)}, cosine},
      {"restarts", "Warm restarts", "A cosine that begins anew again and again, each time longer (SGDR).", "η · ½(1 + cos(π · t / T))",
       {epochs("first", "First", "Epochs of the first fall; 5 to 20 is usual.", 10), epochs("grow", "Grow", "Each fall is so many times as long as the one before; 1 or 2 is usual.", 2),
        factor("low", "Lowest", "Share of the rate that is left at the end of a fall.", 0)},
       restarts},
      {"warm-up", "Warm-up", "Rises in a line from a small rate, then stays: gentle to fresh weights.", "η · min(1, start + (1−start) · epoch / over)",
       {epochs("over", "Over", "Epochs until the full rate; 1 to 10 is usual.", 3), factor("start", "Start", "Share of the rate to begin with; 0.01 to 0.3 is usual.", 0.1)}, warmUp},
      {"one-cycle", "One cycle", "Rises to the learning rate and falls far below its start by the end: trains fast with large rates (Smith & Topin 2018).",
       "cosines: η/divide → η → η/(divide · end)",
       {epochs("epochs", "Epochs", kSpanHelp, 0, 0), factor("rise", "Rise", "Share of the epochs in which the rate rises; 0.3 is usual.", 0.3),
        {.id = "divide", .label = "Divide", .help = "The rate begins so many times smaller; 25 is usual.", .fallback = 25.0, .low = 1, .high = 1e6},
        {.id = "divide_end", .label = "End", .help = "At the end it is so many times smaller than at the start; 10000 is usual.", .fallback = 1e4, .low = 1, .high = 1e9}},
       oneCycle},
      {"plateau", "On plateau", "Makes the rate smaller when the validation loss has not become better for some epochs.", "η · γ^plateaus",
       {factor("gamma", "Gamma", "What is left of the rate at each plateau; 0.1 to 0.5 is usual.", 0.1), epochs("patience", "Patience", "Epochs without a better loss that are waited for; 3 to 10 is usual.", 10, 0),
        {.id = "threshold", .label = "Threshold", .help = "A loss counts as better when it is lower by this share; 1e-4 is usual.", .fallback = 1e-4, .low = 0, .high = 1}},
       plateau},
  };
  return specs;
}

const ScheduleSpec* findSchedule(const std::string& id) {
  for (const ScheduleSpec& s : scheduleRegistry())
    if (s.id == id) return &s;
  return nullptr;
}

ScheduleMoment scheduleMoment(std::int64_t epoch, std::int64_t position, std::int64_t rows, std::int64_t batch, std::int64_t length, int reductions) {
  const std::int64_t all = std::max<std::int64_t>(1, rows), size = std::max<std::int64_t>(1, batch), steps = (all + size - 1) / size;
  return {static_cast<double>(epoch) + static_cast<double>(position) / static_cast<double>(all), static_cast<double>(length), reductions, static_cast<double>(steps),
          static_cast<double>(epoch * steps + (position + size - 1) / size)};
}

double scheduledRate(const ScheduleChoice& choice, double rate, const ScheduleMoment& moment) {
  const ScheduleSpec* spec = findSchedule(choice.id);
  return spec ? rate * spec->factor(choice.params, spec->params, moment) : rate;
}

int plateauReductions(const ScheduleChoice& choice, std::span<const double> losses) {
  if (choice.id != "plateau") return 0;
  const std::span<const Param> d = findSchedule("plateau")->params;
  const std::int64_t patience = param<std::int64_t>(choice.params, d, "patience");
  const double threshold = param<double>(choice.params, d, "threshold");
  double best = std::numeric_limits<double>::infinity();
  std::int64_t bad = 0;
  int reductions = 0;
  for (const double loss : losses) {
    if (loss < best * (1 - threshold) || !std::isfinite(best)) {
      best = loss;
      bad = 0;
    } else if (++bad > patience) {
      ++reductions;
      bad = 0;
    }
  }
  return reductions;
}

}  // namespace vitrine
