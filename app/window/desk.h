// What the window is about: the list of lessons or one open lesson, the learner's choices, progress and settings. It
// turns intents into the player's functions. It draws nothing and knows no GLFW.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/views/view.h"
#include "app/views/widgets.h"
#include "app/window/moment.h"
#include "core/lesson/progress.h"

namespace ipcscope {

// The panes of the main screen, by name; the side views follow in the order of their table.
namespace pane {
inline constexpr int lesson = 0, stage = 1, source = 2, timeline = 3, wire = 4, first_side = 5;
}

class EndpointTalk;

// Of a run that goes by itself: calls a second.
inline constexpr double slowest_run = 0.5, fastest_run = Player::gates_open_at;

class Desk {
 public:
    enum class Screen { List, Lesson };
    // `notify`: whenever a session has news, from its thread. `keeps_nothing`: settings and progress are not written
    // (pictures, measurements).
    Desk(const std::string& lessons_folder, std::function<void()> notify, bool keeps_nothing);
    ~Desk();

    Screen screen() const { return player_ ? Screen::Lesson : Screen::List; }
    const std::vector<LessonEntry>& entries() const { return entries_; }
    Player* player() const { return player_.get(); }

    // --- the list
    int chosen = 0;                          // which entry the keyboard is at
    std::vector<Rect> entry_places;          // where the screen has put them, for the arrow keys
    void choose_entry(int across, int down);
    void open_chosen();
    bool open(const std::string& lesson);    // by id or folder; false: complaint() says why
    void leave();                            // back to the list
    const Lesson* unconfirmed() const { return unconfirmed_ ? &*unconfirmed_ : nullptr; }
    void change_speed(double factor);        // of a run
    void confirm(bool yes);                  // programs that did not come with ipcscope are shown first
    const std::string& lessons_folder() const { return lessons_folder_; }
    const std::string& complaint() const { return complaint_; }
    void dismiss_complaint() { complaint_.clear(); }

    // --- the lesson
    void pump();                             // every frame
    void act(const Intent& intent);
    ViewContext context(const Theme& theme);
    std::vector<Intent> intents;
    void step();
    void go_onward();                          // the text's next step, even where calls are still to be let go; else as step()                             // Space: what comes next, whatever that is
    void choose_option(int by);              // moves the keyboard among a prediction's options
    void step_process(std::size_t nth);      // a process's held call, the learner's choice
    void carry_held(PacketFate fate);        // the chosen packet on the wire, or the oldest
    void delay_held();
    void choose_packet();                    // another one that waits
    void change_wire(WireRule rule);         // to what comes next: slower, slower still, as before
    void kill_selected();
    // What the learner may do to the held call of the selected process, or of the next one.
    ThreadId held_thread() const;
    const CallRow* held_call(ThreadId thread) const;
    void fail_held();
    void wake_held();
    void shorten_held(int bytes);
    void toggle_sure() { is_sure_ = !is_sure_; }
    void what_if(int nth);                   // of those on the screen
    void move_cursor(int by);                // through the calls' beginnings and ends
    bool is_now() const { return cursor_ == no_id; }
    int prediction_focus() const { return prediction_focus_; }
    std::size_t next_entry() const;          // after the open lesson; entries().size() if none

    // --- how it is looked at
    std::vector<int> tab_panes;              // those that share one place, as the layout has it
    int top_pane() const;                    // which of them is seen
    void show_pane(int pane);
    void turn_tab(int by);
    void measure();                          // shows the comparison, and starts or ends its measuring
    void show_comparison(std::size_t size, bool is_full);   // for pictures: measured with this size, and waited for; 0: not measured
    void choose_size(int by);                // of the comparison's messages
    bool is_measuring() const { return comparing_ != nullptr; }
    void search();                           // the calls, with the keyboard in their search field
    int full_pane = -1;                      // this pane has the whole area; -1: none
    int pane_under_pointer = -1;
    bool is_help_open = false;
    // Asked for while drawing, done after it (carry_out), since it changes what is being drawn.
    bool wants_quit = false, wants_list = false, opens_chosen = false;
    int answer_confirm = -1;                 // 1 yes, 0 no
    void carry_out();
    bool is_searching = false;
    float scroll = 0;
    Progress progress;
    std::string copied;                      // for the clipboard; the window takes it

    // --- motion
    bool has_motion = true;
    bool is_moving() const;                  // something on the screen still changes by itself

 private:
    const Model* model() const;
    void start(Lesson lesson);
    void note_progress();
    void follow_comparison();
    void leave_comparison();
    void act_on(const WantEndpoint& want);
    void open_endpoint(const WantEndpoint& want);
    void follow_endpoint();
    void leave_endpoint();

    std::string lessons_folder_;
    std::function<void()> notify_;
    bool keeps_nothing_;
    std::vector<LessonEntry> entries_;
    std::unique_ptr<Player> player_;
    std::optional<Lesson> unconfirmed_;
    std::set<std::string> confirmed_;        // folders, in this session
    std::string complaint_;
    Selection selection_;
    int top_pane_ = -1;                      // as last chosen; -1: the layout's first
    int prediction_focus_ = -1;
    bool is_sure_ = true;
    bool must_choose_ = false;
    EventIndex cursor_ = no_id;
    Moment moment_;
    std::shared_ptr<Timeline> timeline_;
    ComparisonShown comparison_;
    std::map<std::size_t, Compared> compared_;             // by size
    std::unique_ptr<Comparing> comparing_;
    std::vector<std::unique_ptr<Comparing>> ending_;       // cancelled: they may still wait for what they kill
    std::unique_ptr<EndpointTalk> endpoint_;               // null: there is none
    std::unique_ptr<EndpointShown> endpoint_shown_;
    std::uint64_t seen_run_ = 0;
    EventIndex seen_events_ = 0;
    int seen_step_ = -1, seen_block_ = -1;
    std::chrono::steady_clock::time_point moved_at_{};
};

}  // namespace ipcscope
