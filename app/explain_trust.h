#pragma once

#include <QObject>

#include "app/explain_wall.h"
#include "widgets/explain/randomised_view.h"
#include "widgets/explain/trust_views.h"
#include "widgets/plots/curve_plot.h"

namespace vitrine {

/// What stands at the right of the wall: the chosen map's trust check in curves and numbers, and whether methods agree; and below it
/// the maps of the network with its layers drawn anew.
class ExplainTrust : public QObject {
  Q_OBJECT
 public:
  explicit ExplainTrust(QObject* parent = nullptr);

  CurvePlot* curves() { return curves_; }
  AgreementView* agreement() { return agreement_; }
  TrustView* numbers() { return numbers_; }
  RandomisedView* randomised() { return randomised_; }
  /// Feeds the views from what the wall knows of one of its maps.
  void show(const ExplainWall& wall, int sample, int column);

 signals:
  /// "del 0.21 · random 0.41", for the panel of the curves.
  void sideTextChanged(const QString& text);
  /// Of the curves: which sample's.
  void titleChanged(const QString& text);

 private:
  void showCurves(const TrustReport* report, const QString& output);
  void showAgreement(const ExplainWall& wall, int sample);
  void showRandomised(const ExplainWall& wall, int sample, int column, const TrustReport* report);
  void showNumbers(const ExplainWall& wall, int sample, int column, const TrustReport* report);

  CurvePlot* curves_;
  AgreementView* agreement_;
  TrustView* numbers_;
  RandomisedView* randomised_;
  QString axis_;
  std::vector<double> shown_;  ///< the curves' numbers: fed again only when they are others
  std::string agreed_;          ///< the maps that were compared
  std::string drawnAnew_;       ///< the map and the settings of the check whose networks are shown
};

}  // namespace vitrine
