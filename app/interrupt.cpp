#include "app/interrupt.h"

#include <poll.h>
#include <unistd.h>

#include <QByteArray>
#include <QCoreApplication>

namespace vitrine {
namespace {

/// Past the C library's buffers, and only where somebody takes it: a reader that stands still must not hold up the end.
void say(int signal, const QString& what) {
  const QByteArray line = (isatty(STDERR_FILENO) ? QByteArrayLiteral("\r\033[K") : QByteArray()) + "vitrine: " +
                          (signal == SIGINT ? "SIGINT" : signal == SIGTERM ? "SIGTERM" : "SIGHUP") + ": " + what.toLocal8Bit() + '\n';
  pollfd reader{STDERR_FILENO, POLLOUT, 0};
  if (poll(&reader, 1, 0) != 1 || !(reader.revents & POLLOUT)) return;
  if (write(STDERR_FILENO, line.constData(), static_cast<std::size_t>(line.size())) < 0) return;  // nobody is there
}

}  // namespace

Interrupt::Interrupt() {
  struct sigaction ignored = {}, hangUp = {};
  ignored.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignored, &pipeBefore_);
  sigaction(SIGHUP, nullptr, &hangUp);
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  if (hangUp.sa_handler != SIG_IGN) sigaddset(&signals_, SIGHUP);
  // A thread that waits for them may do anything when one comes, which a handler may not.
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  watcher_ = std::jthread([this] { watch(); });
}

Interrupt::~Interrupt() {
  over_ = true;
  pthread_kill(watcher_.native_handle(), SIGTERM);
  watcher_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  sigaction(SIGPIPE, &pipeBefore_, nullptr);
}

void Interrupt::watch() {
  while (true) {
    int signal = 0;
    if (sigwait(&signals_, &signal) != 0) continue;
    if (over_) return;
    if (!keeping_ || signal_ != 0) {
      say(signal, signal_ ? QCoreApplication::translate("CommandLine", "ended at once")
                          : QCoreApplication::translate("CommandLine", "ended; nothing had been trained yet"));
      _exit(128 + signal);
    }
    signal_ = signal;
    say(signal, QCoreApplication::translate("CommandLine", "the batch is finished, then what was learnt is saved (once more ends at once)"));
    stop_.request_stop();
  }
}

}  // namespace vitrine
