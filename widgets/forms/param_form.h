#pragma once

#include <QString>
#include <QWidget>
#include <memory>
#include <span>

#include "core/model/param.h"

namespace vitrine {

/// A form made from Params alone: one row a parameter, "param_<id>" the object name of its field. What is typed and
/// illegal stays in the field with the reason below it, and is not emitted.
class ParamForm : public QWidget {
  Q_OBJECT
 public:
  explicit ParamForm(QWidget* parent = nullptr);
  ~ParamForm() override;

  /// Shows these values. When the described parameters are the same as before, the fields stay: the one that is being
  /// typed in keeps its text, cursor and focus.
  void setParams(std::span<const Param> described, const Params& values);
  Params values() const;

 signals:
  /// A legal new value. `final` is false while a spin is held or typed in; the last value comes with true.
  void changed(const QString& id, const vitrine::ParamValue& value, bool final);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vitrine
