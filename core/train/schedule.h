#pragma once

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
};

/// One schedule, said once: a factor on the learning rate. Where PyTorch has the same scheduler, its definition per epoch.
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
