#include "widgets/editor/layer_palette.h"

#include <QBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QScrollBar>

#include "widgets/editor/category.h"
#include "widgets/theme/theme.h"

namespace vitrine {
namespace {

constexpr int kIdRole = Qt::UserRole, kWordsRole = Qt::UserRole + 1, kCategoryRole = Qt::UserRole + 2;

/// Rows that carry their layer's id when dragged.
class LayerList : public QListWidget {
 public:
  using QListWidget::QListWidget;

 protected:
  QStringList mimeTypes() const override { return {QLatin1String(kLayerMimeType)}; }
  QMimeData* mimeData(const QList<QListWidgetItem*>& items) const override {
    if (items.isEmpty() || items.front()->data(kIdRole).toString().isEmpty()) return nullptr;
    auto* data = new QMimeData;
    data->setData(QLatin1String(kLayerMimeType), items.front()->data(kIdRole).toString().toUtf8());
    return data;
  }
};

}  // namespace

LayerPalette::LayerPalette(QWidget* parent)
    : QFrame(parent), search_(new QLineEdit(this)), list_(new LayerList(this)) {
  setObjectName(QStringLiteral("layerPalette"));
  setFixedWidth(152);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 4, 6);
  layout->setSpacing(6);
  search_->setObjectName(QStringLiteral("paletteSearch"));
  search_->setPlaceholderText(tr("Find a layer…"));
  search_->setAccessibleName(tr("Find a layer"));
  search_->setToolTip(tr("Type part of a layer's name; Enter adds the first match after the selected layer"));
  search_->setClearButtonEnabled(true);
  search_->installEventFilter(this);
  list_->setObjectName(QStringLiteral("paletteList"));
  list_->setAccessibleName(tr("Layers"));
  list_->setToolTip(tr("Drag a layer to the canvas or onto a connection; double click or Enter adds it after the "
                       "selected layer"));
  list_->setFrameShape(QFrame::NoFrame);
  list_->setDragEnabled(true);
  list_->setDragDropMode(QAbstractItemView::DragOnly);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setTextElideMode(Qt::ElideRight);
  list_->setIconSize({16, 16});
  list_->setAttribute(Qt::WA_MacShowFocusRect, false);
  list_->viewport()->setAutoFillBackground(false);
  list_->installEventFilter(this);
  auto* top = new QHBoxLayout;
  top->setContentsMargins(0, 0, 4, 0);
  top->addWidget(search_);
  layout->addLayout(top);
  layout->addWidget(list_, 1);
  fill();
  dress();
  connect(search_, &QLineEdit::textChanged, this, &LayerPalette::filter);
  connect(list_, &QListWidget::itemDoubleClicked, this, [this](QListWidgetItem* item) {
    if (const QString id = item->data(kIdRole).toString(); !id.isEmpty()) emit activated(id);
  });
  connect(themeSignal(), &ThemeSignal::changed, this, &LayerPalette::dress);
}

QString LayerPalette::current() const {
  const QListWidgetItem* item = list_->currentItem();
  return item && !item->isHidden() ? item->data(kIdRole).toString() : QString();
}

void LayerPalette::fill() {
  std::vector<Category> order;
  for (const LayerSpec& spec : layerRegistry())
    if (std::find(order.begin(), order.end(), spec.category) == order.end()) order.push_back(spec.category);
  for (Category category : order) {
    auto* heading = new QListWidgetItem(categoryLabel(category), list_);
    heading->setFlags(Qt::NoItemFlags);
    heading->setData(kCategoryRole, static_cast<int>(category));
    for (const LayerSpec& spec : layerRegistry()) {
      if (spec.category != category) continue;
      auto* item = new QListWidgetItem(fromCore(spec.name), list_);
      item->setData(kIdRole, fromCore(spec.id));
      item->setData(kCategoryRole, static_cast<int>(category));
      item->setData(kWordsRole, fromCore(spec.name + " " + spec.id).toLower() + QLatin1Char(' ') +
                                    categoryLabel(category).toLower());
      QString tip = fromCore(spec.help);
      if (!spec.formula.empty()) tip += QStringLiteral("\n") + fromCore(spec.formula);
      item->setToolTip(tip);
      item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled);
    }
  }
  nothing_ = new QListWidgetItem(tr("No layer of that name"), list_);
  nothing_->setFlags(Qt::NoItemFlags);
  nothing_->setHidden(true);
}

void LayerPalette::dress() {
  const Theme& t = theme();
  QPalette clear = list_->palette();
  clear.setColor(QPalette::Base, Qt::transparent);
  list_->setPalette(clear);
  for (int row = 0; row < list_->count(); ++row) {
    QListWidgetItem* item = list_->item(row);
    if (item->data(kIdRole).toString().isEmpty()) {
      item->setFont(t.font(-1, item != nothing_));
      item->setForeground(t.secondary);
    } else {
      item->setFont(t.font(-0.5));
      item->setForeground(t.text);
      item->setIcon(categoryIcon(static_cast<Category>(item->data(kCategoryRole).toInt())));
    }
  }
  update();
}

void LayerPalette::filter(const QString& text) {
  const QStringList words = text.toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts);
  bool any = false;
  QListWidgetItem* heading = nullptr;
  for (int row = 0; row < list_->count(); ++row) {
    QListWidgetItem* item = list_->item(row);
    if (item == nothing_) continue;
    if (item->data(kIdRole).toString().isEmpty()) {
      heading = item;
      heading->setHidden(true);
      continue;
    }
    const QString hay = item->data(kWordsRole).toString();
    const bool fits = std::all_of(words.begin(), words.end(), [&](const QString& word) { return hay.contains(word); });
    item->setHidden(!fits);
    if (fits && heading) heading->setHidden(false);
    if (fits && !any && !words.isEmpty()) list_->setCurrentItem(item);
    any = any || fits;
  }
  nothing_->setHidden(any);
}

bool LayerPalette::searchKey(int key) {
  if (key == Qt::Key_Return || key == Qt::Key_Enter) {
    if (const QString id = current(); !search_->text().trimmed().isEmpty() && !id.isEmpty()) emit activated(id);
    return true;
  }
  if (key == Qt::Key_Down) {
    list_->setFocus(Qt::TabFocusReason);
    if (current().isEmpty())
      for (int row = 0; row < list_->count(); ++row)
        if (!list_->item(row)->isHidden() && !list_->item(row)->data(kIdRole).toString().isEmpty()) {
          list_->setCurrentRow(row);
          break;
        }
    return true;
  }
  if (key == Qt::Key_Escape && !search_->text().isEmpty()) {
    search_->clear();
    return true;
  }
  return false;
}

bool LayerPalette::listKey(int key) {
  if (key != Qt::Key_Return && key != Qt::Key_Enter && key != Qt::Key_F1) return false;
  if (const QString id = current(); !id.isEmpty()) {
    if (key == Qt::Key_F1)
      emit helpRequested(id);
    else
      emit activated(id);
  }
  return true;
}

bool LayerPalette::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (watched == search_ && searchKey(key)) return true;
    if (watched == list_ && listKey(key)) return true;
  }
  return QFrame::eventFilter(watched, event);
}

void LayerPalette::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(theme().border);
  painter.setBrush(theme().panel);
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
}

}  // namespace vitrine
