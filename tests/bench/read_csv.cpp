// How long a large CSV takes to read: 1 000 000 × 20 numbers, made here.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "core/base/random.h"
#include "core/data/read_table.h"

int main() {
  vitrine::Rng rng(1, vitrine::Stream::Test);
  std::string text;
  for (int c = 0; c < 20; ++c) text += (c ? ",x" : "x") + std::to_string(c);
  text += '\n';
  char cell[32];
  for (int r = 0; r < 1000000; ++r)
    for (int c = 0; c < 20; ++c) text.append(cell, static_cast<std::size_t>(std::snprintf(cell, sizeof cell, "%.5g%c", rng.uniform() * 200 - 100, c < 19 ? ',' : '\n')));
  const double size = static_cast<double>(text.size()) / 1e6;
  vitrine::CsvFormat format;
  const auto begun = std::chrono::steady_clock::now();
  const vitrine::Result<vitrine::Table> table = vitrine::readCsvTable(std::move(text), format);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%.0f MB, %lld rows × %zu: %.2f s, most memory %.0f MB (%.1f × the file)\n", size, table ? static_cast<long long>(table->rows()) : 0,
              table ? table->columns.size() : 0, seconds, static_cast<double>(usage.ru_maxrss) / 1e3, static_cast<double>(usage.ru_maxrss) / 1e3 / size);
  return table ? 0 : 1;
}
