#pragma once

#include <QString>
#include <optional>

namespace vitrine {

/// What the window starts with.
struct StartOptions {
  QString open;     ///< a project or a data file; empty: the sample project
  int threads = 0;  ///< 0: the machine's cores
};

/// Does what needs no window (`--version`, `--help`, `train PROJECT`, and the sample job where there is no display) and
/// returns the exit code: 0 done, 1 it failed, 2 the command line cannot be understood, 128 and a signal's number when that ended it.
/// Empty: open the window.
std::optional<int> runCommandLine(int& argc, char** argv, StartOptions& options);

/// Names that settings are kept under.
void nameApplication();

}  // namespace vitrine
