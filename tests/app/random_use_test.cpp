// Thousands of random acts on the whole window: nothing crashes, and undoing all of them leads back to the start.
#include <gtest/gtest.h>

#include <QComboBox>
#include <QAbstractSlider>
#include <QTimer>
#include <random>

#include "core/model/templates.h"
#include "core/train/optimiser.h"
#include "tests/app/app_bench.h"
#include "widgets/editor/graph_editor.h"

namespace vitrine {
namespace {

class Monkey {
 public:
  Monkey(test::AppBench& bench, unsigned seed) : b_(bench), rng_(seed) {}

  void act() {
    Document& d = b_.document;
    switch (below(20)) {
      case 0: return d.play();
      case 1: return d.pause();
      case 2: return d.stepBatch();
      case 3: return d.reset();
      case 4: return d.undoStack()->undo();
      case 5: return d.undoStack()->redo();
      case 6: return template_();
      case 7: return settings();
      case 8: return click();
      case 9: return key();
      case 10: return panel();
      case 11: return pins();
      case 12: return parameter();
      case 13: return select();
      case 14: return insert();
      case 15: return remove();
      case 16: return connect();
      case 17: return data();
      case 18: return b_.window.resize(900 + int(below(700)), 600 + int(below(400)));
      default: QTest::qWait(int(below(30)));
    }
  }
  unsigned below(unsigned n) { return std::uniform_int_distribution<unsigned>(0, n - 1)(rng_); }

 private:
  const Graph& graph() { return b_.document.graph(); }
  NodeId someNode() { return graph().nodes.empty() ? NodeId{} : graph().nodes[below(unsigned(graph().nodes.size()))].id; }
  void edit(const Result<Graph>& after) {
    if (after) b_.document.editGraph(*after, QStringLiteral("random"));
  }
  void template_() { b_.document.applyTemplate(templateRegistry()[below(unsigned(templateRegistry().size()))].id); }
  void settings() {
    TrainSettings s = b_.document.settings();
    const auto all = optimiserRegistry();
    s.optimiser = {all[below(unsigned(all.size()))].id, {}};
    s.rate = std::pow(10.0, -4 + int(below(4)));
    s.batch = 1 + below(100);
    s.seed = below(5);
    s.epochs = below(50);
    b_.document.editSettings(s);
  }
  void click() {
    const QPoint at(int(below(unsigned(b_.window.width()))), 60 + int(below(unsigned(b_.window.height() - 60))));
    QWidget* w = b_.window.childAt(at);
    if (w) QTest::mouseClick(w, Qt::LeftButton, {}, w->mapFrom(&b_.window, at));
  }
  void key() {
    static const Qt::Key keys[] = {Qt::Key_Delete, Qt::Key_Tab, Qt::Key_Left, Qt::Key_Right, Qt::Key_Space, Qt::Key_Escape, Qt::Key_F, Qt::Key_D, Qt::Key_A};
    QWidget* w = QApplication::focusWidget();
    const Qt::Key k = keys[below(std::size(keys))];
    QTest::keyClick(w ? w : &b_.window, k, k == Qt::Key_D || k == Qt::Key_A ? Qt::ControlModifier : Qt::NoModifier);
  }
  void panel() {
    const QList<QAction*> toggles = b_.window.panels().toggles();
    toggles[int(below(unsigned(toggles.size())))]->toggle();
  }
  void pins() {
    Document& d = b_.document;
    if (!d.data()) return;
    if (d.pinned().size() > 3)
      d.unpin(d.pinned().front());
    else
      d.pin(std::int32_t(below(unsigned(d.data()->count()))));
  }
  void parameter() {
    const Node* node = graph().find(someNode());
    if (!node) return;
    const LayerSpec& spec = *findLayer(node->type);
    if (spec.params.empty()) return;
    const Param& p = spec.params[below(unsigned(spec.params.size()))];
    ParamValue value = p.fallback;
    if (std::holds_alternative<std::int64_t>(value)) value = std::int64_t(1 + below(40));
    if (std::holds_alternative<bool>(value)) value = below(2) == 0;
    if (std::holds_alternative<double>(value)) value = below(10) / 10.0;
    if (std::holds_alternative<IntPair>(value)) value = IntPair{1 + below(5), 1 + below(5)};
    if (!p.choices.empty()) value = p.choices[below(unsigned(p.choices.size()))].id;
    edit(setParam(graph(), node->id, p.id, value));
  }
  void select() {
    if (const NodeId n = someNode(); n.value) b_.window.findChild<GraphEditor*>()->select({n});
  }
  void insert() {
    if (graph().edges.empty() || graph().nodes.size() > 25) return;
    const auto all = layerRegistry();
    const Edge e = graph().edges[below(unsigned(graph().edges.size()))];
    edit(insertOnEdge(graph(), e, all[below(unsigned(all.size()))].id, {}));
  }
  void remove() {
    if (const NodeId n = someNode(); n.value && below(3) == 0) b_.document.editGraph(removeNodes(graph(), {n}), QStringLiteral("random"));
  }
  void connect() {
    const NodeId a = someNode(), c = someNode();
    if (a.value && c.value) edit(vitrine::connect(graph(), a, c));
  }
  void data() {
    if (below(4) != 0) return;
    const auto all = generatorRegistry();
    GeneratorSettings settings;
    settings.size = 50;
    b_.document.generateData(all[below(unsigned(all.size()))].id, settings);
  }

  test::AppBench& b_;
  std::mt19937 rng_;
};

/// VITRINE_RANDOM_SECONDS runs for so long instead of so many acts; VITRINE_RANDOM_SEED repeats a run.
TEST(RandomUse, NeverCrashesAndUndoesToTheStart) {
  const char* given = std::getenv("VITRINE_RANDOM_SEED");
  const unsigned seed = given ? unsigned(std::atoi(given)) : std::random_device{}();
  std::printf("seed %u\n", seed);
  const char* seconds = std::getenv("VITRINE_RANDOM_SECONDS");
  test::AppBench b;
  b.document.undoStack()->clear();
  const Graph graph = b.document.graph();
  const DatasetPtr data = b.document.data();
  const TrainSettings settings = b.document.settings();
  const auto pinned = b.document.pinned();
  Monkey monkey(b, seed);
  // What opens waits for a person, and is waved away.
  QTimer away;
  QObject::connect(&away, &QTimer::timeout, [] {
    if (QWidget* popup = QApplication::activePopupWidget())
      popup->close();
    else if (QWidget* modal = QApplication::activeModalWidget())
      modal->close();
  });
  away.start(50);
  QElapsedTimer time;
  time.start();
  for (int i = 0; seconds ? time.elapsed() < 1000 * std::atoi(seconds) : i < 1500; ++i) {
    SCOPED_TRACE(i);
    monkey.act();
    if (i % 16 == 0) QCoreApplication::processEvents();
  }
  QUndoStack* undo = b.document.undoStack();
  const bool all = undo->count() < undo->undoLimit();
  while (undo->canUndo()) undo->undo();
  if (!all) return;
  EXPECT_EQ(b.document.graph(), graph) << "seed " << seed;
  EXPECT_EQ(b.document.data(), data) << "seed " << seed;
  EXPECT_EQ(b.document.settings(), settings) << "seed " << seed;
  EXPECT_EQ(b.document.pinned(), pinned) << "seed " << seed;
}

}  // namespace
}  // namespace vitrine
