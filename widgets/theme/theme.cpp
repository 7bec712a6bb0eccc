#include "widgets/theme/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>

#include "core/model/layer.h"

// A static library's resources are asked for by name; the macro wants to stand outside any namespace.
static void useResources() { Q_INIT_RESOURCE(vitrine); }

namespace vitrine {
namespace {

QString bodyFamily() {
  static const QString family = [] {
    const QString inter = QStringLiteral("Inter");
    return QFontDatabase::families().contains(inter)
               ? inter
               : QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
  }();
  return family;
}

Theme& current() {
  static Theme value = Theme::light();
  return value;
}

QPalette paletteOf(const Theme& t) {
  QPalette p;
  p.setColor(QPalette::Window, t.window);
  p.setColor(QPalette::WindowText, t.text);
  p.setColor(QPalette::Base, t.panel);
  p.setColor(QPalette::AlternateBase, t.field);
  p.setColor(QPalette::Text, t.text);
  p.setColor(QPalette::PlaceholderText, t.secondary);
  p.setColor(QPalette::Button, t.panel);
  p.setColor(QPalette::ButtonText, t.text);
  p.setColor(QPalette::BrightText, t.error);
  p.setColor(QPalette::Highlight, t.accent);
  p.setColor(QPalette::HighlightedText, t.accentText);
  p.setColor(QPalette::Link, t.accent);
  p.setColor(QPalette::LinkVisited, t.accent);
  p.setColor(QPalette::ToolTipBase, t.panel);
  p.setColor(QPalette::ToolTipText, t.text);
  p.setColor(QPalette::Light, t.panel);
  p.setColor(QPalette::Midlight, t.field);
  p.setColor(QPalette::Mid, t.border);
  p.setColor(QPalette::Dark, t.secondary);
  p.setColor(QPalette::Shadow, t.border);
  const QColor off = t.dark ? t.secondary.darker(140) : t.secondary.lighter(140);
  for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    p.setColor(QPalette::Disabled, role, off);
  p.setColor(QPalette::Disabled, QPalette::Highlight, t.border);
  return p;
}

// %1 window, %2 panel, %3 border, %4 text, %5 secondary, %6 accent, %7 accent text, %8 field, %9 hover, %0 the tick's icon.
const char* const kSheet = R"(
QToolTip { background: %2; color: %4; border: 1px solid %3; padding: 4px 6px; }
QFrame[panel="true"] { background: %2; border: 1px solid %3; border-radius: 6px; }
QFrame[panel="true"][focused="true"] { border: 1px solid %6; }
QLabel { background: transparent; }
QLabel[role="title"] { font-weight: 600; }
QLabel[role="secondary"] { color: %5; }
QPushButton, QToolButton { background: %2; color: %4; border: 1px solid %3; border-radius: 5px; padding: 4px 10px; }
QToolButton { padding: 4px 6px; }
QPushButton:hover, QToolButton:hover { background: %9; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked { background: %8; }
QPushButton:focus, QToolButton:focus { border-color: %6; }
QPushButton:disabled, QToolButton:disabled { color: %5; background: %1; }
QPushButton[primary="true"], QToolButton[primary="true"], QPushButton:default { background: %6; color: %7; border-color: %6; }
QPushButton[primary="true"]:disabled, QPushButton:default:disabled, QToolButton[primary="true"]:disabled { background: %8; color: %5; border-color: %3; }
QToolButton[flat="true"], QPushButton[flat="true"] { background: transparent; border: 1px solid transparent; color: %6; padding: 2px 4px; }
QToolButton[flat="true"]:focus, QPushButton[flat="true"]:focus { border-color: %6; }
QToolButton[flat="true"]:checked { background: %8; border-color: %6; font-weight: 600; }
QToolButton[flat="true"]:disabled, QPushButton[flat="true"]:disabled { color: %5; }
QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox { background: %2; color: %4; border: 1px solid %3; border-radius: 5px;
  padding: 3px 6px; min-height: 18px; selection-background-color: %6; selection-color: %7; }
QComboBox:focus, QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus { border-color: %6; }
QComboBox:disabled, QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled { color: %5; background: %1; }
QComboBox::drop-down { border: none; width: 18px; }
QComboBox::down-arrow { image: url(:/icons/chevron.svg); width: 10px; height: 10px; }
QCheckBox::indicator, QAbstractItemView::indicator { width: 13px; height: 13px; background: %2; border: 1px solid %5; border-radius: 3px; }
QCheckBox::indicator:hover, QCheckBox:focus::indicator { border-color: %6; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked { background: %6; border-color: %6; image: url(:/icons/%0.svg); }
QCheckBox::indicator:disabled, QAbstractItemView::indicator:disabled { border-color: %3; background: %1; }
QCheckBox::indicator:checked:disabled { background: %5; border-color: %5; }
QCheckBox:disabled { color: %5; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; background: transparent; width: 16px; }
QAbstractSpinBox::up-arrow { image: url(:/icons/up.svg); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url(:/icons/down.svg); width: 10px; height: 10px; }
QFrame[panel="true"] QScrollArea, QFrame[panel="true"] QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QComboBox QAbstractItemView { background: %2; border: 1px solid %3; outline: none; }
QTabBar { background: %8; border: 1px solid %3; border-radius: 6px; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: %5; padding: 5px 16px; margin: 2px; border: 1px solid transparent;
  border-radius: 5px; }
QTabBar::tab:selected { background: %2; color: %4; border-color: %3; font-weight: 600; }
QTabBar::tab:hover:!selected { color: %4; }
QTabBar::tab:focus { border-color: %6; }
QTabWidget::pane { border: none; }
QTabBar QToolButton { background: %2; border: 1px solid %3; border-radius: 4px; padding: 0; }
QTabBar QToolButton::left-arrow { image: url(:/icons/left.svg); width: 10px; height: 10px; }
QTabBar QToolButton::right-arrow { image: url(:/icons/right.svg); width: 10px; height: 10px; }
QMenuBar, QMenu, QToolBar, QStatusBar { background: %2; color: %4; }
QMenuBar::item { padding: 4px 10px; background: transparent; }
QMenuBar::item:selected, QMenu::item:selected { background: %9; color: %4; }
QMenu { border: 1px solid %3; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:disabled { color: %5; }
QMenu::separator { height: 1px; background: %3; margin: 4px 8px; }
QToolBar { border: none; spacing: 6px; }
QStatusBar::item { border: none; }
QHeaderView::section { background: %8; color: %5; border: none; border-bottom: 1px solid %3; padding: 4px 6px; }
QSplitter::handle { background: transparent; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 10px; } QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: %3; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: %5; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSlider::groove:horizontal { height: 4px; background: %8; border-radius: 2px; }
QSlider::sub-page:horizontal { background: %6; border-radius: 2px; }
QSlider::handle:horizontal { background: %2; border: 2px solid %6; width: 10px; margin: -5px 0; border-radius: 7px; }
QProgressBar { background: %8; border: none; border-radius: 3px; text-align: center; color: %4; }
QProgressBar::chunk { background: %6; border-radius: 3px; }
)";

QString sheetOf(const Theme& t) {
  QString sheet = QString::fromLatin1(kSheet);
  const QString values[] = {t.window.name(), t.panel.name(),      t.border.name(), t.text.name(),  t.secondary.name(),
                            t.accent.name(), t.accentText.name(), t.field.name(),  t.hover.name()};
  for (int i = 9; i >= 1; --i) sheet.replace(QLatin1Char('%') + QString::number(i), values[i - 1]);
  sheet.replace(QStringLiteral("%0"), t.dark ? QStringLiteral("tick_dark") : QStringLiteral("tick"));
  return sheet;
}

}  // namespace

Theme Theme::light() {
  Theme t;
  t.window = QColor(0xeef0f3);
  t.panel = QColor(0xffffff);
  t.border = QColor(0xd5dae1);
  t.text = QColor(0x1b2530);
  t.secondary = QColor(0x64707d);
  t.accent = QColor(0x0877bd);
  t.accentText = QColor(0xffffff);
  t.field = QColor(0xe7eaee);
  t.hover = QColor(0xf1f4f8);
  t.grid = QColor(0xe7eaee);
  t.training = QColor(0x0877bd);
  t.validation = QColor(0xe8730c);
  t.good = QColor(0x3f9b57);
  t.warning = QColor(0xb36b00);
  t.error = QColor(0xc22a2a);
  t.bar = QColor(0x64707d);
  t.family = bodyFamily();
  return t;
}

Theme Theme::darkTheme() {
  Theme t;
  t.dark = true;
  t.window = QColor(0x15191f);
  t.panel = QColor(0x1c2129);
  t.border = QColor(0x303946);
  t.text = QColor(0xe6ebf1);
  t.secondary = QColor(0x93a0af);
  t.accent = QColor(0x3aa0e0);
  t.accentText = QColor(0x0d1117);
  t.field = QColor(0x272e38);
  t.hover = QColor(0x262d37);
  t.grid = QColor(0x29313c);
  t.training = QColor(0x3aa0e0);
  t.validation = QColor(0xf08a2c);
  t.good = QColor(0x4fb56b);
  t.warning = QColor(0xe0a040);
  t.error = QColor(0xf07070);
  t.bar = QColor(0x93a0af);
  t.family = bodyFamily();
  return t;
}

QColor Theme::category(Category category) const {
  switch (category) {
    case Category::Data: return QColor(0x5b6b7b);
    case Category::Convolution: return QColor(0x0877bd);
    case Category::Pooling: return QColor(0x0f8f9c);
    case Category::Activation: return QColor(0x3f9b57);
    case Category::Dense: return QColor(0x7a4fc9);
    case Category::Recurrent: return QColor(0xc2376c);
    case Category::Normalise: return QColor(0xb36b00);
    case Category::Merge: return QColor(0x5b6b7b);
    case Category::Output: return QColor(0xc2376c);
  }
  return QColor(0x5b6b7b);
}

QColor Theme::classColor(int i) const {
  // Okabe & Ito 2008, the strong colours first; the last is the text's own, as black on white was theirs.
  static const QRgb kColors[] = {0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xd55e00, 0xf0e442};
  const int k = ((i % 8) + 8) % 8;
  return k == 7 ? text : QColor(kColors[k]);
}

QFont Theme::font(double sizeStep, bool bold) const {
  QFont f(family);
  f.setPointSizeF(kBasePt + sizeStep);
  f.setWeight(bold ? QFont::DemiBold : QFont::Normal);
  return f;
}

const Theme& theme() { return current(); }

ThemeSignal* themeSignal() {
  static ThemeSignal signal;
  return &signal;
}

void applyTheme(QApplication& app, ThemeChoice choice) {
  useResources();
  // Fusion and our palette hide what the desktop had chosen, so it is read once, before the first change.
  static const bool desktopDark = app.palette().color(QPalette::Window).lightness() < 128;
  const bool dark = choice == ThemeChoice::Dark || (choice == ThemeChoice::System && desktopDark);
  current() = dark ? Theme::darkTheme() : Theme::light();
  app.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  app.setPalette(paletteOf(current()));
  app.setFont(current().font());
  app.setStyleSheet(sheetOf(current()));
  emit themeSignal()->changed();
}

}  // namespace vitrine
