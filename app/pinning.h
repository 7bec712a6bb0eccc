#pragma once

#include <QMenu>

#include "app/document.h"
#include "widgets/maps/pinned_samples_view.h"

namespace vitrine {

/// The pinned samples of an observation as the view and the files show them: inputs as they stand in the file, true class or value, one map a
/// method that the network supports.
PinnedData pinnedData(const Observation& observation);

/// The menu behind "Pin…": pins another sample, or takes one away. Filled anew each time it opens; at most kMostPinned
/// samples are pinned, since each is explained again and again while the network learns.
class PinMenu : public QMenu {
  Q_OBJECT
 public:
  explicit PinMenu(Document& document, QWidget* parent = nullptr);
  /// Pins a validation sample of class `truth` that the network takes for `predicted`; says so when there is none.
  void pinConfused(int truth, int predicted);

  static constexpr std::size_t kMostPinned = 6;

 private:
  void fill();
  void pinRandom();
  void pinMistaken();
  void pinNumber();
  void pinFound(const QString& what, std::function<bool(int, int)> wants);

  Document& document_;
};

}  // namespace vitrine
