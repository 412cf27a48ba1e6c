// Where everything on the stage stands: a pure function of the scene, the room there is and the text scale. The same scene
// gives the same places; a process keeps its place for as long as the run lasts.
//
//      +--------+     +--------+      cards: a grid of at most four columns
//      |        |     |        |
//      +---+----+     +----+---+
//   -------|---------------|-------   the line between user space and kernel, in the channel where edges run level
//          |  +--------+   |
//          +->| object |---+          what is written enters at the left, what is read leaves at the right; who would have to
//             +--------+              go around the object for that enters its top
//
// Edges run in three kinds of free strips only: between rows of cards, in the channel, and in the gaps between columns. So
// they can cross each other, but never a box.
#pragma once

#include <imgui.h>

#include <functional>
#include <string>
#include <vector>

#include "app/views/stage_scene.h"
#include "app/views/widgets.h"

namespace ipcscope {

struct CardPlace {
    Rect card, name, state, reason, source;   // reason of no height: there is room for the short one only
    std::vector<Rect> threads;                // of a process with several, instead of `state`: the first ones of the scene's
    std::vector<std::size_t> rows;            // which of the process's rows are shown, in their order
    std::vector<Rect> row_places;             // and where
    std::size_t folded_descriptors = 0;       // how many are in none of them; said beside the place in the source
};

struct ObjectPlace {
    Rect box;
    bool is_compact = false;                  // without inode and waiting threads
};

struct EdgePath {
    std::vector<ImVec2> points;               // from the process to the object, corners rounded off
    float length = 0;

    ImVec2 at(float distance) const;          // 0 = at the process
    ImVec2 direction(float distance) const;   // of length 1, towards the object
};

struct StageLayout {
    ImVec2 content;                           // at least the room asked for; more must be scrolled
    float boundary = 0;                       // y of the line between user space and kernel
    std::vector<CardPlace> cards;             // as in the scene
    std::vector<ObjectPlace> objects;
    std::vector<EdgePath> edges;
    Rect alarm;                               // across the top; empty if there is none
    Rect family;                              // where the process tree stands; empty if it does not
    Rect more_processes, more_objects;        // where "and 5 more" stands; empty if all are shown
};

inline constexpr float alarm_mark = 30;       // logical width that the alarm's sign takes at its left

// The height that a sentence takes when it is wrapped at this width.
using SentenceHeight = std::function<float(const std::string& sentence, float width)>;

// The objects' heights depend on their kinds: `model` is asked for nothing else.
StageLayout lay_out_stage(const Model& model, const StageScene& scene, ImVec2 size, float scale,
                          const SentenceHeight& sentence_height);

}  // namespace ipcscope
