// A view is a picture of the model: one file and one row in a table (views.cpp). A view gets everything it may look at in a
// ViewContext, draws into the rectangle it was given, keeps ids (never pointers) between frames, and writes nothing but
// intents. Selecting anything anywhere selects it everywhere.
#pragma once

#include <imgui.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/views/theme.h"
#include "core/lesson/comparing.h"
#include "core/lesson/player.h"
#include "core/session/endpoint_address.h"

namespace ipcscope {

struct Selection {
    ProcessId process = no_id;
    ObjectId object = no_id;
    MessageId message = no_id;
    EventIndex call = no_id;      // an Enter
    int descriptor = -1;          // of `process`
    std::uint64_t packet = 0;     // its number
    bool operator==(const Selection&) const = default;
};

// What the user asks for. The app turns it into the player's functions; nothing reaches around.
struct WantStep {};                                         // the lesson's choice
struct WantStepThread { ThreadId thread; };
struct WantChoose { int option; };                          // move the keyboard to this option; nothing is committed
struct WantSure { bool is_sure; };                          // sure, or a guess
struct WantPredict { int option; bool is_sure; };
struct WantWhatIf { int step, block; };
struct WantKill { ProcessId process; int signal; };
struct WantFail { ThreadId thread; int error; };             // the held call fails, injected at its gate
struct WantWake { ThreadId thread; };                        // the held wait returns, though nobody has signalled
struct WantShorten { ThreadId thread; int bytes; };
struct WantClose { ProcessId process; int descriptor; };
struct WantCarry { std::uint64_t packet; PacketFate fate; };  // of a packet that is held on the wire
struct WantDelay { std::uint64_t packet; };                  // it goes on by itself, late
struct WantWire { WireChange change; };                     // of the wire's rules
struct WantCursor { EventIndex at; };                       // look at this moment; no_id = now
struct WantBack {};
struct WantRestart {};
struct WantRun {};                                          // start, or pause if running
struct WantAdvance {};                                      // to the next step's text
struct WantInput { std::string bytes; };
struct WantCopy { std::string text; };                      // to the clipboard
struct WantSpeed { double calls_a_second; };
struct WantSize { int nth; };                               // of the comparison's message sizes
struct WantMeasure {};                                      // measure, or cancel if it is being measured
struct WantEndpoint {                                       // the learner's own socket
    enum class What { Open, Order, Close } what;
    bool listens;                                           // Open
    EndpointKind kind;                                      // Open
    std::string text;                                       // Open: the address; Order: as it is typed at `ipcscope endpoint`
    bool goes_anywhere;                                     // Open: also where other machines are
};
using Intent = std::variant<WantStep, WantStepThread, WantChoose, WantSure, WantPredict, WantWhatIf, WantKill, WantFail, WantWake, WantShorten, WantClose, WantCarry, WantDelay, WantWire,
                            WantCursor, WantBack, WantRestart, WantRun, WantAdvance, WantInput, WantCopy, WantSpeed,
                            WantSize, WantMeasure, WantEndpoint>;

// Where bytes or a change is on its way: views interpolate with this and never keep time themselves. 0 = just happened, 1 = settled.
struct Motion {
    float progress = 1.0f;
    bool is_on = true;            // off: everything settles at once (for pictures, tests, and who prefers no motion)
};

// What the timeline keeps between frames (timeline_layout.h): owned by whoever owns the trace, a new one with every new trace.
struct Timeline;

// A lesson's comparison as far as it has been measured.
struct ComparisonShown {
    std::vector<std::size_t> sizes;   // of a message, in bytes
    std::size_t chosen = 0;           // which of them
    Compared compared;                // with messages of that size; rows wait where nothing has been measured
    std::size_t running = 0;          // the size that is being measured now; 0: none
};

// The learner's own socket (endpoint_shown.h).
struct EndpointShown;

struct ViewContext {
    const Theme& theme;
    const Trace& trace;
    const Model& model;           // as of the cursor
    const CallLog& log;
    const std::vector<WitnessLine>& witnesses;
    EventIndex cursor;            // events before this are folded into `model`
    bool is_now;                  // the cursor is at the end
    const Player* player;         // null when a recording or a traced program is looked at
    ThreadId next_thread;         // whose call the lesson would let go next, or no_id
    Motion motion;
    Selection& selection;
    std::vector<Intent>& intents;
    int prediction_focus;         // which option the keyboard is at, -1 = none
    bool is_sure = true;          // whether the prediction would be committed as sure
    bool must_choose = false;     // a step was asked for before an option was chosen
    bool is_searching = false;    // Ctrl+F was pressed: put the keyboard into the view's search field
    float scroll = 0;             // pixels that the keyboard scrolls the lesson's text by, in this frame
    std::string_view next_lesson = "";  // its title; "" = this is the last
    Timeline& timeline;           // belongs to `trace`
    const ComparisonShown* comparison = nullptr;  // null where the lesson compares nothing
    const EndpointShown* endpoint = nullptr;      // null where it could not reach the programs
};

using DrawView = void (*)(const ViewContext&, ImVec2 position, ImVec2 size);

void draw_lesson(const ViewContext&, ImVec2 position, ImVec2 size);       // text, prediction, this step's goals, what-ifs
void draw_stage(const ViewContext&, ImVec2 position, ImVec2 size);        // processes above the line, kernel objects below
void draw_source(const ViewContext&, ImVec2 position, ImVec2 size);       // the program, each process's current line
void draw_wire(const ViewContext&, ImVec2 position, ImVec2 size);         // packets between hosts, where there are hosts
void draw_timeline(const ViewContext&, ImVec2 position, ImVec2 size);     // lanes, calls, sleeping, messages; the cursor

// The keys of a step's what-ifs, in their order. (Other letters have other meanings: app/window/keys.cpp.)
inline constexpr std::string_view what_if_keys = "ABCDEHLN";

// The tabs at the right, in this order; a new one is a row.
struct SideView {
    const char* title;
    const char* question;         // which question it answers; shown as its tool tip and in the README
    DrawView draw;
    bool (*is_there)(const ViewContext&) = nullptr;   // null: always
};
extern const std::vector<SideView> side_views;                            // Calls, Descriptors, Kernel …

}  // namespace ipcscope
