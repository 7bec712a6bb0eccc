#pragma once

#include <QWidget>

#include "app/document.h"
#include "app/panels.h"

namespace vitrine {

/// The Explain workspace: samples by methods, with a trust check under every map, and the network from within.
class ExplainWorkspace : public QWidget {
  Q_OBJECT
 public:
  ExplainWorkspace(Document& document, Panels& panels, QWidget* parent = nullptr);

 private:
  Document& document_;
  Panels& panels_;
};

}  // namespace vitrine
