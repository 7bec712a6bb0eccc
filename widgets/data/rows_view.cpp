#include "widgets/data/rows_view.h"

#include <qcustomplot.h>

#include <QContextMenuEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLocale>
#include <QMenu>
#include <QStyledItemDelegate>
#include <algorithm>

#include "widgets/data/chart.h"
#include "widgets/figure/figure_panel.h"
#include "widgets/figure/names.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

constexpr int kRowHeight = 22, kWidest = 220;
/// Choices of more rows are not carried over to another order.
constexpr std::size_t kMostKept = 200;

/// Columns whose names are alike at both ends stay told apart where a column is narrow.
class NamesHeader : public QHeaderView {
 public:
  explicit NamesHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {
    setSectionsClickable(true);
    setTextElideMode(Qt::ElideMiddle);
  }

 protected:
  void initStyleOptionForIndex(QStyleOptionHeader* option, int section) const override {
    QHeaderView::initStyleOptionForIndex(option, section);
    const double room = sectionSize(section) - 2 * style()->pixelMetric(QStyle::PM_HeaderMargin, nullptr, this) - (isSortIndicatorShown() && sortIndicatorSection() == section ? 20 : 4);
    const QFontMetricsF m(font());
    if (m.horizontalAdvance(option->text) <= room) return;
    QStringList names;
    for (int c = 0; c < count(); ++c) names << model()->headerData(c, Qt::Horizontal).toString();
    option->text = toldApart(names, m, room).value(section);
  }
};

/// The same for categories, which the column's other ones tell apart.
class NamesDelegate : public QStyledItemDelegate {
 public:
  explicit NamesDelegate(RowsView* view) : QStyledItemDelegate(view), view_(view) {}

 protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
    constexpr std::size_t kMostNames = 2000;
    QStyledItemDelegate::initStyleOption(option, index);
    option->textElideMode = Qt::ElideMiddle;
    const int c = view_->rows()->columnAt(index.column());
    if (c < 0 || view_->rows()->table()->column(c).kind != ColumnKind::Category || view_->rows()->table()->column(c).names.size() > kMostNames) return;
    const double room = option->rect.width() - 2 * (view_->style()->pixelMetric(QStyle::PM_FocusFrameHMargin, nullptr, view_) + 2);
    const QFontMetricsF m(option->font);
    if (m.horizontalAdvance(option->text) <= room) return;
    QStringList names;
    for (const std::string& name : view_->rows()->table()->column(c).names) names << QString::fromStdString(name);
    if (const qsizetype at = names.indexOf(option->text); at >= 0) option->text = toldApart(names, m, room)[at];
  }

 private:
  RowsView* view_;
};

}  // namespace

RowsView::RowsView(QWidget* parent) : QTableView(parent), model_(new RowsModel(this)) {
  setObjectName(QStringLiteral("rowsView"));
  setAccessibleName(tr("Rows of the data"));
  setHorizontalHeader(new NamesHeader(this));
  setItemDelegate(new NamesDelegate(this));
  setModel(model_);
  setSelectionBehavior(SelectRows);
  setSelectionMode(ExtendedSelection);
  setEditTriggers(NoEditTriggers);
  setShowGrid(false);
  setWordWrap(false);
  setFrameShape(NoFrame);
  setVerticalScrollMode(ScrollPerItem);
  setHorizontalScrollMode(ScrollPerPixel);
  verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  verticalHeader()->setDefaultSectionSize(kRowHeight);
  verticalHeader()->hide();
  horizontalHeader()->setSortIndicatorClearable(true);
  horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
  horizontalHeader()->setHighlightSections(false);
  setSortingEnabled(true);
  setTabKeyNavigation(false);
  connect(horizontalHeader(), &QHeaderView::sectionClicked, this, [this](int section) { emit columnClicked(model_->columnAt(section)); });
  connect(model_, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
    kept_.clear();
    for (const QItemSelectionRange& range : selectionModel()->selection())
      for (int r = range.top(); r <= range.bottom() && kept_.size() < kMostKept; ++r) kept_.push_back(model_->rowAt(r));
  });
  connect(model_, &RowsModel::arranged, this, [this] {
    QItemSelection again;
    int first = -1;
    for (const std::int32_t row : kept_)
      if (const int shown = model_->shownAt(row); shown >= 0) {
        again.select(model_->index(shown, 0), model_->index(shown, model_->columnCount() - 1));
        if (first < 0) first = shown;
      }
    kept_.clear();
    if (first >= 0) {
      selectionModel()->select(again, QItemSelectionModel::ClearAndSelect);
      scrollTo(model_->index(first, 0));
    }
    emit choiceChanged();
  });
  connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, &RowsView::choiceChanged);
}

void RowsView::setTable(SampleTablePtr table) {
  clearSelection();
  model_->setTable(std::move(table));
  horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
  fitColumns();
  scrollToTop();
}

void RowsView::fitColumns() {
  // By the heads and the first rows: looking at all of a million would take long.
  const QFontMetrics m(font());
  const int look = std::min(50, model_->rowCount()), columns = model_->columnCount();
  for (int c = 0; c < columns; ++c) {
    int width = m.horizontalAdvance(model_->headerData(c, Qt::Horizontal).toString()) + 34;
    for (int r = 0; r < look; ++r) width = std::max(width, m.horizontalAdvance(model_->index(r, c).data().toString()) + 18);
    if (model_->columnAt(c) == RowOrder::ByPart) width = std::max(width, m.horizontalAdvance(partName(Part::Validation)) + 18);
    setColumnWidth(c, std::min(kWidest, width));
  }
}

std::vector<std::int32_t> RowsView::chosenSamples(std::size_t most) const {
  std::vector<std::pair<int, int>> ranges;
  for (const QItemSelectionRange& r : selectionModel()->selection()) ranges.emplace_back(r.top(), r.bottom());
  std::sort(ranges.begin(), ranges.end());
  std::vector<std::int32_t> samples;
  for (const auto& [top, bottom] : ranges)
    for (int r = top; r <= bottom && samples.size() < most; ++r)
      if (const std::int32_t s = model_->sampleAt(r); s >= 0 && std::find(samples.begin(), samples.end(), s) == samples.end()) samples.push_back(s);
  return samples;
}

bool RowsView::anyChosen() const { return selectionModel()->hasSelection(); }

void RowsView::choose(std::int32_t row) {
  const int shown = model_->table() ? model_->shownAt(row) : -1;
  if (shown < 0) return;
  selectRow(shown);
  scrollTo(model_->index(shown, 0), PositionAtCenter);
}

void RowsView::keyPressEvent(QKeyEvent* event) {
  if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && anyChosen()) return emit pinRequested();
  QTableView::keyPressEvent(event);
}

void RowsView::contextMenuEvent(QContextMenuEvent* event) {
  FigurePanel* panel = nullptr;
  for (QWidget* w = parentWidget(); w && !panel; w = w->parentWidget()) panel = qobject_cast<FigurePanel*>(w);
  QMenu* menu = panel ? panel->createMenu() : new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  auto* pin = new QAction(tr("Pin chosen rows"), menu);
  pin->setObjectName(QStringLiteral("pinRows"));
  pin->setToolTip(tr("They are watched and explained in Train and Explain (Enter)"));
  pin->setEnabled(!chosenSamples(1).empty());
  connect(pin, &QAction::triggered, this, &RowsView::pinRequested);
  QAction* first = menu->actions().value(0);
  menu->insertAction(first, pin);
  if (first) menu->insertSeparator(first);
  menu->popup(event->globalPos());
  event->accept();
}

void RowsView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const QFont body = style.font(-0.5), head = style.font(-0.5, true);
  const double line = lineHeight(body) * 1.2;
  const int first = std::max(0, rowAt(0)), left = std::max(0, columnAt(0));
  const int rows = std::min(model_->rowCount() - first, static_cast<int>(rect.height() / line) - 1);
  painter.save();
  double x = rect.left();
  for (int c = left; c < model_->columnCount(); ++c) {
    const QString name = model_->headerData(c, Qt::Horizontal).toString();
    double width = textWidth(head, name);
    for (int r = 0; r < rows; ++r) width = std::max(width, textWidth(body, model_->index(first + r, c).data().toString()));
    width = std::min(width, rect.width() * 0.4) + 10;
    if (x + width > rect.right() + 1 && x > rect.left()) break;
    const auto align = Qt::Alignment(model_->index(first, c).data(Qt::TextAlignmentRole).toInt());
    painter.setFont(head);
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(x, rect.top(), width - 10, line), align, name);
    painter.setFont(body);
    painter.setPen(style.colors.text);
    for (int r = 0; r < rows; ++r) drawLine(painter, QRectF(x, rect.top() + line * (r + 1), width - 10, line), align, model_->index(first + r, c).data().toString());
    x += width;
  }
  painter.setPen(QPen(style.colors.border, 1));
  painter.drawLine(QPointF(rect.left(), rect.top() + line), QPointF(std::min(x, rect.right()), rect.top() + line));
  painter.restore();
}

QString RowsView::dataNote() const {
  qint64 chosen = 0;
  for (const QItemSelectionRange& range : selectionModel()->selection()) chosen += range.height();
  const qint64 rows = chosen > 1 ? chosen : model_->rowCount();
  if (rows <= kMostExported) return {};
  return tr("Only the first %1 of %2 rows are written.").arg(QLocale().toString(kMostExported), QLocale().toString(rows));
}

FigureTable RowsView::figureData() const {
  FigureTable t;
  for (int c = 0; c < model_->columnCount(); ++c) t.columns << model_->headerData(c, Qt::Horizontal).toString();
  if (isEmpty()) return t;
  std::vector<int> shown;
  for (const QItemSelectionRange& range : selectionModel()->selection())
    for (int r = range.top(); r <= range.bottom() && static_cast<int>(shown.size()) < kMostExported; ++r) shown.push_back(r);
  std::sort(shown.begin(), shown.end());
  if (shown.size() < 2) {
    shown.resize(static_cast<std::size_t>(std::min(model_->rowCount(), kMostExported)));
    for (std::size_t i = 0; i < shown.size(); ++i) shown[i] = static_cast<int>(i);
  }
  const SampleTable& table = *model_->table();
  for (const int r : shown) {
    QVector<QVariant> row;
    const std::int32_t at = model_->rowAt(r);
    for (int c = 0; c < model_->columnCount(); ++c) {
      const int column = model_->columnAt(c);
      if (column == RowOrder::BySample)
        row << (table.samples[static_cast<std::size_t>(at)] < 0 ? QVariant() : QVariant(table.samples[static_cast<std::size_t>(at)]));
      else if (column == RowOrder::ByPart)
        row << partName(table.parts[static_cast<std::size_t>(at)]);
      else if (table.column(column).isMissing(at))
        row << QVariant();
      else if (table.column(column).kind == ColumnKind::Number)
        row << table.column(column).numbers[static_cast<std::size_t>(at)];
      else
        row << QString::fromStdString(table.column(column).text(at));
    }
    t.rows << row;
  }
  return t;
}

}  // namespace vitrine
