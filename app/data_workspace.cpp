#include "app/data_workspace.h"

namespace vitrine {

DataWorkspace::DataWorkspace(Document& document, Panels& panels, QWidget* parent) : QWidget(parent), document_(document), panels_(panels) {
  setObjectName(QStringLiteral("dataWorkspace"));
}

}  // namespace vitrine
