// The arrangement: splitters and hidden panels, the same keys in the settings and in a project.
#include <QDataStream>
#include <QRegularExpression>
#include <QScreen>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>

#include "app/data_workspace.h"
#include "app/explain_workspace.h"
#include "app/main_window.h"
#include "core/base/numbers.h"

namespace vitrine {
namespace {

/// The sizes out of QSplitter::saveState(). A file may hold anything there, and restoreState() would make room for as many sizes as it says
/// and take its word for everything else.
void restoreSizes(QSplitter& splitter, const QByteArray& state) {
  constexpr qint32 kMostPixels = 100000;
  QDataStream in(state);
  qint32 marker = 0, version = 0;
  quint32 count = 0;
  in >> marker >> version >> count;
  if (marker != 0xff || in.status() != QDataStream::Ok || count != static_cast<quint32>(splitter.count())) return;
  QList<int> sizes;
  for (quint32 i = 0; i < count; ++i) {
    qint32 size = 0;
    in >> size;
    if (in.status() != QDataStream::Ok || size < 0 || size > kMostPixels) return;
    sizes << size;
  }
  splitter.setSizes(sizes);
}

}  // namespace

std::map<std::string, std::string> MainWindow::arrangement() const {
  std::map<std::string, std::string> views;
  for (const QSplitter* s : pages_->findChildren<QSplitter*>(QRegularExpression(QStringLiteral("Splitter$"))))
    views[s->objectName().toStdString()] = s->saveState().toBase64().toStdString();
  views["workspace"] = std::to_string(workspace());
  views["hidden"] = panels_.hidden().join(QLatin1Char(' ')).toStdString();
  return views;
}

void MainWindow::applyArrangement(const std::map<std::string, std::string>& views) {
  for (QSplitter* s : pages_->findChildren<QSplitter*>(QRegularExpression(QStringLiteral("Splitter$"))))
    if (const auto it = views.find(s->objectName().toStdString()); it != views.end()) restoreSizes(*s, QByteArray::fromBase64(QByteArray::fromStdString(it->second)));
  if (const auto it = views.find("workspace"); it != views.end())
    if (const auto w = parseNumber<int>(it->second); w && *w >= Data && *w <= Explain) setWorkspace(*w);
  if (const auto it = views.find("hidden"); it != views.end())
    panels_.setHidden(QString::fromStdString(it->second).split(QLatin1Char(' '), Qt::SkipEmptyParts));
}

void MainWindow::resetArrangement() {
  panels_.showAll();
  const int w = width(), h = height();
  outer_->setSizes({h * 40 / 100, h * 60 / 100});
  top_->setSizes({w * 76 / 100, w * 24 / 100});
  bottom_->setSizes({w * 56 / 100, w * 44 / 100});
  left_->setSizes({h * 30 / 100, h * 30 / 100});
  curves_->setSizes({w / 4, w / 4});
  maps_->setSizes({w * 28 / 100, w * 14 / 100, w * 14 / 100});
  right_->setSizes({h * 36 / 100, h * 24 / 100});
  data_->resetArrangement();
  explain_->resetArrangement();
}

void MainWindow::saveArrangement() const {
  QSettings settings;
  settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
  for (const auto& [key, value] : arrangement())
    settings.setValue(QStringLiteral("window/") + QString::fromStdString(key), QString::fromStdString(value));
}

void MainWindow::restoreArrangement() {
  QSettings settings;
  // Large where the screen allows it; never larger than the screen, frame included.
  const QSize room = screen()->availableSize() - QSize(16, 48);
  resize(QSize(1440, 900).boundedTo(room));
  if (settings.contains(QStringLiteral("window/geometry"))) restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
  resetArrangement();
  std::map<std::string, std::string> views;
  settings.beginGroup(QStringLiteral("window"));
  for (const QString& key : settings.childKeys()) views[key.toStdString()] = settings.value(key).toString().toStdString();
  applyArrangement(views);
}

}  // namespace vitrine
