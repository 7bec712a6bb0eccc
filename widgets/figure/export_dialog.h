#pragma once

#include <QDialog>
#include <QVector>

#include "widgets/figure/figure_export.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QCheckBox;

namespace vitrine {

/// Chooses a figure, a format and a size, shows the result as it will be, and writes it. The figures must outlive it.
class ExportDialog : public QDialog {
  Q_OBJECT
 public:
  explicit ExportDialog(QVector<Figure*> figures, QWidget* parent = nullptr);

  void selectFigure(Figure* figure);
  void setFormat(FigureFormat format);
  /// What the fields say; path is empty.
  ExportRequest request() const;
  Figure* figure() const;
  /// Writes to path in the chosen format and tells the outcome in place.
  bool saveTo(const QString& path);

 signals:
  void saved(const QString& path);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void build();
  void chooseFile();
  /// Its height follows from its width.
  bool flows() const;
  void figureChanged();
  void sizePresetChanged();
  void widthChanged();
  void formatChanged();
  void refreshPreview();
  void tell(const QString& text, bool error);

  QVector<Figure*> figures_;
  QComboBox* figure_ = nullptr;
  QComboBox* format_ = nullptr;
  QComboBox* preset_ = nullptr;
  QDoubleSpinBox* width_ = nullptr;
  QDoubleSpinBox* height_ = nullptr;
  QCheckBox* keepAspect_ = nullptr;
  QSpinBox* dpi_ = nullptr;
  QDoubleSpinBox* font_ = nullptr;
  QCheckBox* title_ = nullptr;
  QLabel* preview_ = nullptr;
  QLabel* pixels_ = nullptr;
  QLabel* message_ = nullptr;
  QPushButton* save_ = nullptr;
  QPushButton* copy_ = nullptr;
  double aspect_ = 1.5;
  bool chosen_ = false;  ///< a width was chosen by hand
};

}  // namespace vitrine
