#include "widgets/data/columns_view.h"

#include <QAbstractItemView>
#include <QAbstractTableModel>
#include <QComboBox>
#include <QHeaderView>
#include <QLocale>
#include <QPainter>
#include <QStyledItemDelegate>

#include "widgets/data/before_after.h"
#include "widgets/figure/paint.h"
#include "widgets/theme/theme.h"

namespace vitrine {
namespace {

enum { kName, kKind, kRole, kMissing, kDistinct, kShape, kColumns };
constexpr ColumnKind kKinds[] = {ColumnKind::Number, ColumnKind::Category, ColumnKind::Date, ColumnKind::Text};
constexpr Role kRoles[] = {Role::Feature, Role::Target, Role::Weight, Role::Group, Role::Time, Role::Split, Role::Ignore};
constexpr int kIndexRole = Qt::UserRole, kChoicesRole = Qt::UserRole + 1, kBinsRole = Qt::UserRole + 2;

/// A list of choices that opens where it is clicked.
class ChoiceDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex& index) const override {
    auto* box = new QComboBox(parent);
    box->addItems(index.data(kChoicesRole).toStringList());
    // The list may be wider than its cell.
    box->view()->setMinimumWidth(box->view()->sizeHintForColumn(0) + 24);
    auto* self = const_cast<ChoiceDelegate*>(this);
    connect(box, &QComboBox::activated, box, [self, box] {
      emit self->commitData(box);
      emit self->closeEditor(box);
    });
    return box;
  }
  void setEditorData(QWidget* editor, const QModelIndex& index) const override { static_cast<QComboBox*>(editor)->setCurrentIndex(index.data(kIndexRole).toInt()); }
  void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override {
    model->setData(index, static_cast<QComboBox*>(editor)->currentIndex(), kIndexRole);
  }
  void paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    QStyledItemDelegate::paint(p, option, index);
    if (!(index.flags() & Qt::ItemIsEditable)) return;
    const QRectF r(option.rect);
    const QPointF at(r.right() - 12, r.center().y());
    p->setRenderHint(QPainter::Antialiasing);
    p->setPen(QPen(theme().secondary, 1.4));
    p->drawPolyline(QPolygonF{at + QPointF(-4, -2), at + QPointF(0, 2), at + QPointF(4, -2)});
  }
};

/// Little bars.
class BarsDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    std::vector<std::int64_t> bins;
    for (const QVariant& b : index.data(kBinsRole).toList()) bins.push_back(b.toLongLong());
    paintBars(*p, QRectF(option.rect).adjusted(6, 3, -6, -3), bins);
  }
};

}  // namespace

class ColumnsView::Model : public QAbstractTableModel {
 public:
  Model(ColumnsView* view) : QAbstractTableModel(view), view_(view) {}
  void set(TablePtr table, std::vector<ColumnPlan> columns) {
    const bool same = table == table_ && columns.size() == columns_.size();
    if (!same) {
      beginResetModel();
      summaries_.clear();
      if (table)
        for (const Column& c : table->columns) summaries_.push_back(summarise(c));
    }
    table_ = std::move(table);
    columns_ = std::move(columns);
    if (!same)
      endResetModel();
    else if (!columns_.empty())
      emit dataChanged(index(0, 0), index(rowCount({}) - 1, kColumns - 1));
  }
  int rowCount(const QModelIndex& parent) const override { return parent.isValid() || !table_ ? 0 : static_cast<int>(table_->columns.size()); }
  int columnCount(const QModelIndex&) const override { return kColumns; }
  QVariant headerData(int section, Qt::Orientation o, int role) const override {
    if (o != Qt::Horizontal || role != Qt::DisplayRole) return {};
    static const char* names[] = {QT_TR_NOOP("Column"), QT_TR_NOOP("Kind"), QT_TR_NOOP("Role"), QT_TR_NOOP("Missing"), QT_TR_NOOP("Different"), QT_TR_NOOP("Distribution")};
    return ColumnsView::tr(names[section]);
  }
  Qt::ItemFlags flags(const QModelIndex& i) const override {
    Qt::ItemFlags f = QAbstractTableModel::flags(i);
    if (i.column() == kKind || i.column() == kRole) f |= Qt::ItemIsEditable;
    if (i.column() == kMissing && column(i).odd > 0) f |= Qt::ItemIsUserCheckable;
    if (i.column() == kMissing && mayChooseMarks(column(i))) f |= Qt::ItemIsEditable;
    return f;
  }
  QVariant data(const QModelIndex& i, int role) const override {
    if (!i.isValid()) return {};
    const Column& c = column(i);
    const ColumnPlan& plan = columns_[static_cast<std::size_t>(i.row())];
    const ColumnSummary& s = summaries_[static_cast<std::size_t>(i.row())];
    const QLocale locale;
    if (role == Qt::DisplayRole) switch (i.column()) {
        case kName: return QString::fromStdString(c.name);
        case kKind: return kindName(c.kind);
        case kRole: return roleName(plan.role);
        case kMissing: return s.missing == 0 ? QStringLiteral("–") : locale.toString(qlonglong(s.missing));
        case kDistinct: return locale.toString(qlonglong(s.distinct)) + (s.distinct >= ColumnSummary::kMostDistinct ? QStringLiteral("+") : QString());
        default: return {};
      }
    if (role == Qt::CheckStateRole && i.column() == kMissing && c.odd > 0) return plan.oddAsMissing ? Qt::Checked : Qt::Unchecked;
    if (role == Qt::ToolTipRole) {
      if (i.column() == kMissing && c.odd == 0 && !c.marks.empty())
        return c.marksMissing ? ColumnsView::tr("%1 count as missing, besides empty cells.").arg(marksText(c)) : ColumnsView::tr("%1 count as values; only empty cells are missing.").arg(marksText(c));
      if (i.column() == kMissing && c.odd > 0)
        return ColumnsView::tr("Cells that are not of this kind: %1. The first: %2. Check to count them as missing.").arg(QLocale().toString(qlonglong(c.odd)), QString::fromStdString(c.firstOdd->text()));
      if (i.column() == kShape && c.kind == ColumnKind::Number && s.count > 0)
        return ColumnsView::tr("%1 to %2, mean %3, deviation %4").arg(numberText(s.low, 7), numberText(s.high, 7), numberText(s.mean, 5), numberText(s.deviation, 4));
      if (i.column() == kShape && c.kind == ColumnKind::Date && s.count > 0) return ColumnsView::tr("%1 to %2").arg(QString::fromStdString(dateText(s.low)), QString::fromStdString(dateText(s.high)));
      if (i.column() == kRole) return ColumnsView::tr("Feature: seen by the network. Target: to be predicted; \"also target\" where several are. Weight: how much the row counts. Group: its rows stay together. Time: puts rows in order. Split: names each row's part.");
      if (i.column() == kName || i.column() == kShape) {
        QStringList names;
        for (std::size_t k = 0; k < std::min<std::size_t>(8, c.names.size()); ++k) names << QString::fromStdString(c.names[k]);
        return QString::fromStdString(c.name) + (names.isEmpty() ? QString() : QStringLiteral(": ") + names.join(QStringLiteral(", ")) + (c.names.size() > 8 ? QStringLiteral(" …") : QString()));
      }
    }
    if (role == Qt::ForegroundRole) {
      if (i.column() == kMissing && c.odd > 0 && !plan.oddAsMissing) return theme().error;
      if (plan.role == Role::Ignore) return theme().secondary;
      if (i.column() == kRole && plan.role == Role::Target) return theme().accent;
    }
    if (role == Qt::TextAlignmentRole && (i.column() == kMissing || i.column() == kDistinct)) return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role == kIndexRole && i.column() == kMissing) return c.marksMissing ? 0 : 1;
    if (role == kIndexRole) return i.column() == kKind ? int(std::find(std::begin(kKinds), std::end(kKinds), c.kind) - kKinds) : int(std::find(std::begin(kRoles), std::end(kRoles), plan.role) - kRoles);
    if (role == kChoicesRole) {
      QStringList all;
      if (i.column() == kKind)
        for (const ColumnKind k : kKinds) all << kindName(k);
      else if (i.column() == kMissing)
        all << ColumnsView::tr("%1 are missing").arg(marksText(c)) << ColumnsView::tr("%1 are values").arg(marksText(c));
      else
      {
        for (const Role k : kRoles) all << roleName(k);
        all << ColumnsView::tr("also target");
      }
      return all;
    }
    if (role == kBinsRole) {
      QVariantList bins;
      for (const std::int64_t b : s.bins) bins << qlonglong(b);
      return bins;
    }
    return {};
  }
  bool setData(const QModelIndex& i, const QVariant& value, int role) override {
    if (role == Qt::CheckStateRole) {
      emit view_->oddChosen(i.row(), value.toInt() == Qt::Checked);
      return true;
    }
    const bool also = i.column() == kRole && value.toInt() == int(std::size(kRoles));
    if (role != kIndexRole || value.toInt() == data(i, kIndexRole).toInt()) return false;
    if (i.column() == kMissing)
      emit view_->marksChosen(i.row(), value.toInt() == 0);
    else if (i.column() == kKind)
      emit view_->kindChosen(i.row(), kKinds[value.toInt()]);
    else
      emit view_->roleChosen(i.row(), also ? Role::Target : kRoles[value.toInt()], also);
    return true;
  }

 private:
  const Column& column(const QModelIndex& i) const { return table_->columns[static_cast<std::size_t>(i.row())]; }
  /// Among numbers and dates a mark can be nothing else.
  static bool mayChooseMarks(const Column& c) { return !c.marks.empty() && (c.kind == ColumnKind::Category || c.kind == ColumnKind::Text); }
  /// "NA" (20), "-" (3)
  static QString marksText(const Column& c) {
    QStringList all;
    for (const auto& [text, count] : c.marks) all << QStringLiteral("“%1” (%2)").arg(QString::fromStdString(text), QLocale().toString(qlonglong(count)));
    return all.join(QStringLiteral(", "));
  }
  ColumnsView* view_;
  TablePtr table_;
  std::vector<ColumnPlan> columns_;
  std::vector<ColumnSummary> summaries_;
};

ColumnsView::ColumnsView(QWidget* parent) : QTableView(parent), model_(new Model(this)) {
  setModel(model_);
  setEditTriggers(CurrentChanged | SelectedClicked | DoubleClicked | EditKeyPressed | AnyKeyPressed);
  setItemDelegateForColumn(kKind, new ChoiceDelegate(this));
  setItemDelegateForColumn(kRole, new ChoiceDelegate(this));
  setItemDelegateForColumn(kMissing, new ChoiceDelegate(this));
  setItemDelegateForColumn(kShape, new BarsDelegate(this));
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(26);
  horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
  horizontalHeader()->setStretchLastSection(true);
  horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  const int widths[] = {170, 100, 100, 80, 80};
  for (int c = 0; c < 5; ++c) setColumnWidth(c, widths[c]);
  setSelectionBehavior(SelectRows);
  setShowGrid(false);
}

void ColumnsView::setColumns(TablePtr table, std::vector<ColumnPlan> columns) { model_->set(std::move(table), std::move(columns)); }

QString ColumnsView::kindName(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::Number: return tr("number");
    case ColumnKind::Category: return tr("category");
    case ColumnKind::Date: return tr("date");
    case ColumnKind::Text: break;
  }
  return tr("text");
}

QString ColumnsView::roleName(Role role) {
  switch (role) {
    case Role::Feature: return tr("feature");
    case Role::Target: return tr("target");
    case Role::Weight: return tr("weight");
    case Role::Group: return tr("group");
    case Role::Time: return tr("time");
    case Role::Split: return tr("split");
    case Role::Ignore: break;
  }
  return tr("ignore");
}

}  // namespace vitrine
