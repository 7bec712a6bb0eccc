#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/model/param.h"

namespace vitrine {

/// Where a run is when it asks for its learning rate.
struct ScheduleMoment {
  double epoch = 0;        ///< epochs done, with fraction
  double length = 0;       ///< epochs in all; 0: no end is set
  int reductions = 0;      ///< plateaus so far (see plateauReductions)
  double steps = 1;        ///< an epoch has
  double step = -1;        ///< done before this one, since the run began; below 0: as epochs and steps tell
};

/// The moment of the batch that begins at row `position` of an epoch of `rows`, in batches of `batch`.
ScheduleMoment scheduleMoment(std::int64_t epoch, std::int64_t position, std::int64_t rows, std::int64_t batch, std::int64_t length, int reductions);

/// One schedule, said once: a factor on the learning rate. Where PyTorch has the same scheduler, its definition: per epoch,
/// and for the one cycle per step.
struct ScheduleSpec {
  std::string id;    ///< "cosine"
  std::string name;  ///< "Cosine"
  std::string help, formula;
  std::vector<Param> params;
  std::function<double(const Params&, std::span<const Param>, const ScheduleMoment&)> factor;
};

std::span<const ScheduleSpec> scheduleRegistry();
const ScheduleSpec* findSchedule(const std::string& id);

struct ScheduleChoice {
  std::string id = "constant";
  Params params;
  bool operator==(const ScheduleChoice&) const = default;
};

/// The learning rate at a moment. Unknown ids count as constant.
double scheduledRate(const ScheduleChoice& choice, double rate, const ScheduleMoment& moment);
/// How often "plateau" has made the rate smaller after these monitored losses, one an epoch (PyTorch's ReduceLROnPlateau,
/// mode min, relative threshold). 0 for other schedules.
int plateauReductions(const ScheduleChoice& choice, std::span<const double> losses);

}  // namespace vitrine
