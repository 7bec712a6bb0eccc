#include "widgets/editor/category.h"

#include <QCoreApplication>
#include <QLocale>
#include <QPainter>
#include <QPixmap>

#include "widgets/theme/theme.h"

namespace vitrine {

QString categoryLabel(Category category) {
  switch (category) {
    case Category::Data: return QCoreApplication::translate("Category", "Data");
    case Category::Convolution: return QCoreApplication::translate("Category", "Convolution");
    case Category::Pooling: return QCoreApplication::translate("Category", "Pooling");
    case Category::Activation: return QCoreApplication::translate("Category", "Activation");
    case Category::Dense: return QCoreApplication::translate("Category", "Dense");
    case Category::Recurrent: return QCoreApplication::translate("Category", "Recurrent");
    case Category::Normalise: return QCoreApplication::translate("Category", "Normalise");
    case Category::Merge: return QCoreApplication::translate("Category", "Merge");
    case Category::Output: return QCoreApplication::translate("Category", "Output");
  }
  return {};
}

QColor categoryColor(Category category) { return theme().category(category); }

QColor layerColor(const std::string& layerType) {
  const LayerSpec* spec = findLayer(layerType);
  return categoryColor(spec ? spec->category : Category::Data);
}

QIcon categoryIcon(Category category) {
  constexpr int kSide = 16;
  QIcon icon;
  for (int scale : {1, 2, 3}) {
    QPixmap picture(kSide * scale, kSide * scale);
    picture.setDevicePixelRatio(scale);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(categoryColor(category));
    painter.drawRoundedRect(QRectF(2.5, 2.5, 11, 11), 3, 3);
    painter.end();
    for (QIcon::Mode mode : {QIcon::Normal, QIcon::Selected, QIcon::Active}) icon.addPixmap(picture, mode);
  }
  return icon;
}

QString layersText(std::size_t n) {
  return n == 1 ? QCoreApplication::translate("Category", "1 layer")
                : QCoreApplication::translate("Category", "%1 layers").arg(QLocale().toString(qulonglong(n)));
}

QString errorSentence(const Error& error) {
  QString text = fromCore(error.problem.empty() ? error.text() : error.problem);
  if (!text.isEmpty()) text[0] = text[0].toUpper();
  return text;
}

QFont sceneFont(int pixels, bool bold) {
  QFont font = theme().font(0, bold);
  font.setPixelSize(pixels);
  return font;
}

}  // namespace vitrine
