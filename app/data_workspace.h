#pragma once

#include <QWidget>

#include "app/document.h"
#include "app/panels.h"

namespace vitrine {

/// The Data workspace: the open data as a table, pictures or series, and what can be told of them before training.
class DataWorkspace : public QWidget {
  Q_OBJECT
 public:
  DataWorkspace(Document& document, Panels& panels, QWidget* parent = nullptr);

 private:
  Document& document_;
  Panels& panels_;
};

}  // namespace vitrine
