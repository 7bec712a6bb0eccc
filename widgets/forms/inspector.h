#pragma once

#include <QString>
#include <QWidget>
#include <memory>

#include "core/model/graph.h"

namespace vitrine {

/// What is selected: name, size, parameters as a form, help, output shape and faults of one node; or, with nothing
/// selected, a summary of the network.
class Inspector : public QWidget {
  Q_OBJECT
 public:
  explicit Inspector(QWidget* parent = nullptr);
  ~Inspector() override;

  /// Shows a node; one that is not in the graph shows the summary. Called again after every edit; a field that is
  /// being typed in is left alone.
  void show(const Graph& graph, const Validation& validation, NodeId node);
  /// The summary of the whole network.
  void showNothing(const Graph& graph, const Validation& validation);
  /// The summary of the network that was shown last.
  void showNothing();
  using QWidget::show;

  /// One quiet line under the form, "deviation 0.31 · update/weight 1.2e-3"; empty: none.
  void setWeightStatistics(const QString& text);
  /// A view (heatmap of weights) below the form; takes ownership. Null removes it.
  void setWeightsView(QWidget* view);

 signals:
  /// `final`: see ParamForm::changed.
  void paramEdited(vitrine::NodeId node, const QString& id, const vitrine::ParamValue& value, bool final);
  void renamed(vitrine::NodeId node, const QString& name);
  /// A Fix button: index into Validation::issues of the validation that was shown.
  void fixRequested(int issueIndex);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void build();
  void refresh();
  void refreshNode();
  void refreshSummary();
  void refreshIssues();
  QWidget* issueRow(const Issue& issue, int index);
  void finishName();
  void arrange();

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vitrine
