#pragma once

#include <QString>
#include <QWidget>
#include <memory>
#include <span>

#include "core/model/param.h"

namespace vitrine {

struct FormRow;

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
  /// Forgets what is typed and not told: the form is about to show something else.
  void discardTyping();

 signals:
  /// A legal new value. `final` is false while a spin is stepped (arrows, keys, wheel); the last value comes with true
  /// shortly after. A typed number is told once, with Enter or when the field is left.
  void changed(const QString& id, const vitrine::ParamValue& value, bool final);

 private:
  void build(std::span<const Param> described);
  void makeField(FormRow& row);
  void makeNumbers(FormRow& row);
  bool judge(FormRow& row);
  void tell(FormRow& row, bool final);
  void commit();
  void refuse(FormRow& row, const QString& why);
  void showWanted();

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vitrine
