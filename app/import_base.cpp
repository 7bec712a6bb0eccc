#include "app/import_base.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QShortcut>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

#include "widgets/theme/theme.h"

namespace vitrine {

void ImportBase::fit(QSize wanted) {
  constexpr QSize kFrame(16, 48);
  resize(wanted.boundedTo(screen()->availableSize() - kFrame));
}

void ImportBase::layOut(QWidget* above, QWidget* shown, const QList<std::pair<QWidget*, QString>>& tabs, const QList<int>& widths) {
  auto* right = new QTabWidget;
  right->setObjectName(QStringLiteral("importTabs"));
  for (const auto& [widget, name] : tabs) {
    auto* area = new QScrollArea;
    area->setWidget(widget);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    right->addTab(area, name);
  }
  right->setMinimumWidth(320);
  auto* both = new QSplitter;
  both->addWidget(shown);
  both->addWidget(right);
  both->setStretchFactor(0, 1);
  both->setSizes(widths);
  both->setChildrenCollapsible(false);
  message_ = new QLabel;
  message_->setObjectName(QStringLiteral("importMessage"));
  warning_ = new QLabel;
  warning_->setObjectName(QStringLiteral("importWarning"));
  for (QLabel* l : {message_, warning_}) l->setWordWrap(true), l->setTextInteractionFlags(Qt::TextSelectableByMouse);
  progress_ = new QProgressBar;
  progress_->setRange(0, 1000);
  progress_->setMaximumWidth(160);
  progress_->hide();
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
  use_ = buttons->addButton(tr("Use this data"), QDialogButtonBox::AcceptRole);
  use_->setObjectName(QStringLiteral("importUse"));
  use_->setDefault(true);
  use_->setEnabled(false);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* texts = new QVBoxLayout;
  texts->addWidget(message_);
  texts->addWidget(warning_);
  auto* foot = new QHBoxLayout;
  foot->addLayout(texts, 1);
  foot->addWidget(progress_);
  foot->addWidget(buttons);
  auto* column = new QVBoxLayout(this);
  if (above) column->addWidget(above);
  column->addWidget(both, 1);
  column->addLayout(foot);
  warning_->hide();
  connect(&work_, &Background::progressed, progress_, [this](double share) { progress_->setValue(int(share * 1000)); });
  connect(new QShortcut(QKeySequence::Undo, this), &QShortcut::activated, this, [this] { travel(-1); });
  connect(new QShortcut(QKeySequence::Redo, this), &QShortcut::activated, this, [this] { travel(1); });
}

void ImportBase::start(bool reads, Background::Work work) {
  data_ = nullptr;
  use_->setEnabled(false);
  message_->setText(reads ? tr("Reading…") : tr("Preparing…"));
  progress_->setValue(0);
  progress_->setVisible(reads);
  work_.run(std::move(work));
}

void ImportBase::settle(const Recipe& recipe) {
  begun_ ? past_.amend(recipe) : past_.begin(recipe);
  begun_ = true;
}

void ImportBase::tell(QLabel* label, const QString& text, const QColor& ink) {
  QPalette palette = label->palette();
  palette.setColor(QPalette::WindowText, ink);
  label->setPalette(palette);
  label->setText(text);
}

void ImportBase::showFault(const Error& error) {
  progress_->hide();
  warning_->hide();
  tell(message_, QString::fromStdString(error.text()), theme().error);
}

void ImportBase::showData(DatasetPtr data, const QString& summary, const std::vector<Finding>& findings) {
  constexpr qsizetype kMost = 3;
  data_ = std::move(data);
  progress_->hide();
  tell(message_, summary, theme().text);
  QStringList lines;
  for (const Finding& f : findings) lines << QStringLiteral("⚠ ") + QString::fromStdString(f.text);
  const QString more = lines.size() > kMost ? tr(" … and %1 more").arg(QLocale().toString(lines.size() - kMost)) : QString();
  tell(warning_, lines.mid(0, kMost).join(QLatin1Char('\n')) + more, theme().warning);
  warning_->setVisible(!lines.isEmpty());
  use_->setEnabled(true);
}

}  // namespace vitrine
