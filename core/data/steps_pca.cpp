// Principal components.
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "core/data/step_parts.h"

namespace vitrine {
namespace {

class Pca : public FittedStep {
 public:
  std::vector<std::size_t> columns;
  Eigen::VectorXd mean;
  Eigen::MatrixXd axes;  ///< [columns × components]
  Eigen::VectorXd shares;

  Status apply(Frame& f) const override {
    const Eigen::Index n = static_cast<Eigen::Index>(f.size());
    std::vector<FrameColumn> out;
    for (Eigen::Index k = 0; k < axes.cols(); ++k)
      out.push_back({"component " + std::to_string(k + 1), -1, false, std::vector<double>(f.size()), {}, {}});
    Eigen::VectorXd x(axes.rows());
    for (Eigen::Index r = 0; r < n; ++r) {
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const double v = f.columns[columns[i]].numbers[static_cast<std::size_t>(r)];
        if (std::isnan(v)) return missing(f, static_cast<std::size_t>(r), f.columns[columns[i]]);
        x[static_cast<Eigen::Index>(i)] = v - mean[static_cast<Eigen::Index>(i)];
      }
      for (Eigen::Index k = 0; k < axes.cols(); ++k) out[static_cast<std::size_t>(k)].numbers[static_cast<std::size_t>(r)] = axes.col(k).dot(x);
    }
    for (std::size_t c = 0; c < f.columns.size(); ++c)
      if (std::find(columns.begin(), columns.end(), c) == columns.end()) out.push_back(std::move(f.columns[c]));
    f.columns = std::move(out);
    return {};
  }
  static Error missing(const Frame& f, std::size_t row, const FrameColumn& c) {
    return {{}, f.place(row, c), "a missing value", "a number: put the step 'Missing values' before", {}};
  }
  std::vector<std::pair<std::string, double>> learned() const override {
    std::vector<std::pair<std::string, double>> out;
    for (Eigen::Index k = 0; k < shares.size(); ++k) out.push_back({"component " + std::to_string(k + 1) + ": share of variance", shares[k]});
    return out;
  }
};

}  // namespace

StepSpec pcaSpec() {
  StepSpec s;
  s.id = "pca";
  s.name = "Principal components";
  s.help = "Replaces the number columns by the directions in which the training rows differ most (Pearson 1901).";
  s.formula = "z = Vᵀ (x − mean)";
  s.params = {{.id = "components", .label = "Components", .help = "How many directions are kept; 2 can be drawn.", .fallback = std::int64_t{2}, .low = 1, .high = 4096}};
  s.fit = [d = s.params](const Frame& f, const Params& p) -> Result<std::unique_ptr<FittedStep>> {
    auto step = std::make_unique<Pca>();
    for (std::size_t c = 0; c < f.columns.size(); ++c)
      if (!f.columns[c].category) step->columns.push_back(c);
    const std::int64_t wanted = param<std::int64_t>(p, d, "components"), have = static_cast<std::int64_t>(step->columns.size());
    if (wanted > have) return Error{{}, "step 'Principal components'", std::to_string(wanted) + " components", "at most " + std::to_string(have) + ", as many as there are columns of numbers", {}};
    if (have > 4096) return Error{{}, "step 'Principal components'", std::to_string(have) + " columns", "at most 4096", {}};
    std::vector<std::size_t> rows;
    for (std::size_t r = 0; r < f.size(); ++r)
      if (f.parts[r] == Part::Train) rows.push_back(r);
    if (rows.size() < 2) return Error{{}, "step 'Principal components'", std::to_string(rows.size()) + " training rows", "at least 2", {}};
    step->mean = Eigen::VectorXd::Zero(have);
    for (const std::size_t r : rows)
      for (std::int64_t i = 0; i < have; ++i) {
        const FrameColumn& c = f.columns[step->columns[static_cast<std::size_t>(i)]];
        if (std::isnan(c.numbers[r])) return Pca::missing(f, r, c);
        step->mean[i] += c.numbers[r] / static_cast<double>(rows.size());
      }
    Eigen::MatrixXd centred(static_cast<Eigen::Index>(rows.size()), have);
    for (std::size_t r = 0; r < rows.size(); ++r)
      for (std::int64_t i = 0; i < have; ++i)
        centred(static_cast<Eigen::Index>(r), i) = f.columns[step->columns[static_cast<std::size_t>(i)]].numbers[rows[r]] - step->mean[i];
    const Eigen::MatrixXd covariance = centred.transpose() * centred / static_cast<double>(rows.size() - 1);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    if (solver.info() != Eigen::Success) return problem("The principal components could not be found.");
    const double total = std::max(solver.eigenvalues().sum(), std::numeric_limits<double>::min());
    step->axes = solver.eigenvectors().rowwise().reverse().leftCols(wanted);
    step->shares = solver.eigenvalues().reverse().head(wanted) / total;
    // The sign is free: the training row that lies farthest out lies on the positive side.
    for (Eigen::Index k = 0; k < step->axes.cols(); ++k) {
      const Eigen::VectorXd z = centred * step->axes.col(k);
      Eigen::Index most = 0;
      z.cwiseAbs().maxCoeff(&most);
      if (z[most] < 0) step->axes.col(k) *= -1;
    }
    return std::unique_ptr<FittedStep>(std::move(step));
  };
  return s;
}

}  // namespace vitrine
