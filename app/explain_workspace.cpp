#include "app/explain_workspace.h"

namespace vitrine {

ExplainWorkspace::ExplainWorkspace(Document& document, Panels& panels, QWidget* parent) : QWidget(parent), document_(document), panels_(panels) {
  setObjectName(QStringLiteral("explainWorkspace"));
}

}  // namespace vitrine
