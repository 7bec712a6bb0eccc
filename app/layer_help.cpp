#include "app/layer_help.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "core/model/layer.h"
#include "widgets/editor/category.h"

namespace vitrine {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("LayerHelp", text); }

QString rangeText(const Param& p) {
  if (!p.choices.empty()) {
    QStringList names;
    for (const Choice& c : p.choices) names << fromCore(c.label);
    return names.join(QStringLiteral(", "));
  }
  if (p.low == p.high) return {};
  return QStringLiteral("%1 … %2").arg(p.low).arg(p.high);
}

}  // namespace

QString layerHelpText(const QString& layerId) {
  const LayerSpec* spec = findLayer(layerId.toStdString());
  if (!spec) return {};
  QString html = QStringLiteral("<h2>%1</h2><p>%2</p>").arg(fromCore(spec->name).toHtmlEscaped(), fromCore(spec->help).toHtmlEscaped());
  if (!spec->formula.empty()) html += QStringLiteral("<p><b>%1</b></p>").arg(fromCore(spec->formula).toHtmlEscaped());
  if (spec->params.empty()) return html + QStringLiteral("<p>%1</p>").arg(tr("It has no parameters."));
  html += QStringLiteral("<table cellpadding='4'><tr><th align='left'>%1</th><th align='left'>%2</th><th align='left'>%3</th></tr>")
              .arg(tr("Parameter"), tr("Usually"), tr("What it does"));
  for (const Param& p : spec->params) {
    const QString range = rangeText(p).toHtmlEscaped();
    html += QStringLiteral("<tr><td>%1</td><td>%2</td><td>%3%4</td></tr>")
                .arg(fromCore(p.label).toHtmlEscaped(), QString::fromStdString(paramText(p, p.fallback)).toHtmlEscaped(),
                     fromCore(p.help).toHtmlEscaped(), range.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(range));
  }
  return html + QStringLiteral("</table>");
}

void showLayerHelp(const QString& layerId, QWidget* parent) {
  const QString html = layerHelpText(layerId);
  if (html.isEmpty()) return;
  auto* dialog = parent->findChild<QDialog*>(QStringLiteral("layerHelp"));
  if (!dialog) {
    dialog = new QDialog(parent);
    dialog->setObjectName(QStringLiteral("layerHelp"));
    dialog->setWindowTitle(tr("About this layer"));
    dialog->resize(520, 380);
    auto* text = new QTextBrowser;
    text->setObjectName(QStringLiteral("layerHelpText"));
    auto* close = new QDialogButtonBox(QDialogButtonBox::Close);
    QObject::connect(close, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto* column = new QVBoxLayout(dialog);
    column->addWidget(text);
    column->addWidget(close);
  }
  dialog->findChild<QTextBrowser*>(QStringLiteral("layerHelpText"))->setHtml(html);
  dialog->show();
  dialog->raise();
}

}  // namespace vitrine
