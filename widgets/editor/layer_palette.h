#pragma once

#include <QFrame>
#include <QMimeData>
#include <string>

class QLineEdit;
class QListWidget;
class QListWidgetItem;

namespace vitrine {

constexpr const char* kLayerMimeType = "application/x-vitrine-layer";

/// The layers there are, searchable, by category. Drag one to the canvas; double click or Enter appends it.
class LayerPalette : public QFrame {
  Q_OBJECT
 public:
  explicit LayerPalette(QWidget* parent = nullptr);
  /// Layer of the current row; empty when there is none.
  QString current() const;

 signals:
  void activated(const QString& layerId);
  void helpRequested(const QString& layerId);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void fill();
  void filter(const QString& text);
  void dress();
  bool searchKey(int key);
  bool listKey(int key);

  QLineEdit* search_;
  QListWidget* list_;
  QListWidgetItem* nothing_ = nullptr;
};

}  // namespace vitrine
