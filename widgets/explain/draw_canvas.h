#pragma once

#include <QImage>
#include <QWidget>

namespace vitrine {

/// A page to draw on, white on black: the left button draws, the right one (or Ctrl) rubs out. An image dropped on it is
/// taken as it is. What it gives is drawn at kSide pixels and made smaller by who uses it.
class DrawCanvas : public QWidget {
  Q_OBJECT
 public:
  explicit DrawCanvas(QWidget* parent = nullptr);

  static constexpr int kSide = 280;
  const QImage& image() const { return image_; }
  bool isBlank() const { return blank_; }
  void clear();
  /// Thickness of the pen as a share of the page.
  void setPen(double share) { pen_ = share; }

  QSize sizeHint() const override { return {140, 140}; }
  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override { return std::min(width, 180); }

 signals:
  /// A stroke is finished, or the page was cleared.
  void drawn();
  void fileDropped(const QString& path);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  QRectF page() const;
  void stroke(QPointF to, bool erase);

  QImage image_;
  QPointF last_;
  double pen_ = 0.085;
  bool blank_ = true, drawing_ = false;
};

}  // namespace vitrine
