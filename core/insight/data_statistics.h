#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace vitrine {

/// What a column of numbers looks like. Everything but the counts is of the finite numbers; NaN when there are none.
struct Statistics {
  std::int64_t count = 0;     ///< finite numbers
  std::int64_t missing = 0;   ///< NaN
  std::int64_t infinite = 0;
  std::int64_t distinct = 0;  ///< different finite numbers
  double mean = 0, deviation = 0;  ///< population deviation, as StandardScaler's
  double min = 0, q1 = 0, median = 0, q3 = 0, max = 0;
};
/// Quartiles are interpolated linearly (type 7 of Hyndman & Fan 1996, the default of NumPy and R).
Statistics statisticsOf(std::vector<double> values);

/// Bins of equal width. Whole: each stands for one whole number, and low and high lie half a step outside.
struct Bins {
  double low = 0, high = 1;
  int count = 1;
  bool whole = false;
  /// The i-th of count + 1 edges, the same bits on every machine (and NumPy's).
  double edge(int i) const;
};
/// Whole numbers of a span of at most 60 have a bin each. Others: the narrower of the rules of Sturges (1926) and of Freedman &
/// Diaconis (1981), as NumPy's "auto", at most `most`. A constant's bin is one wide. NaN and infinite numbers do not count.
Bins binsFor(std::span<const double> values, int most = 60);
/// Numbers in each bin; one on an edge belongs to the bin above it, `high` to the last. Others are left out.
std::vector<std::int64_t> countIn(const Bins& bins, std::span<const double> values);

enum class CorrelationKind { Pearson, Spearman };

/// A square of coefficients.
struct Correlation {
  int columns = 0;
  std::vector<double> values;       ///< [columns × columns]; NaN: not defined
  std::vector<std::int64_t> pairs;  ///< [columns × columns]: rows in which both are there
  double value(int a, int b) const { return values[static_cast<std::size_t>(a) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(b)]; }
  std::int64_t pairsOf(int a, int b) const { return pairs[static_cast<std::size_t>(a) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(b)]; }
};

/// Coefficients of columns of equal length over the rows in which both numbers are finite. Not defined where fewer than two such
/// rows are left, or one side is constant in them. Spearman's is Pearson's of the ranks within those rows, ties averaged.
/// Empty when stopped.
Correlation correlate(const std::vector<std::vector<double>>& columns, CorrelationKind kind, std::stop_token stop = {},
                      const std::function<void(double)>& progress = {});

/// At most `most` of 0 … n-1, drawn at random without replacement (Knuth's Algorithm S), in order. The same seed gives the same.
std::vector<std::int32_t> sampleRows(std::int64_t n, std::int64_t most, std::uint64_t seed = 0);

}  // namespace vitrine
