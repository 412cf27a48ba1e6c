#include <algorithm>
#include <cmath>

#include "app/views/source_places.h"
#include "app/views/stage_draw.h"
#include "app/views/words.h"
#include "core/model/explain.h"

namespace ipcscope {

namespace {

constexpr float asleep_alpha = 0.55f;   // of what a sleeping process cannot use at the moment
constexpr float ended_alpha = 0.4f;

class ProcessPainter {
 public:
    ProcessPainter(const StageFrame& frame, std::size_t position)
        : frame_(frame), theme_(frame.theme()), scene_(frame.scene.processes[position]), place_(frame.layout.cards[position]),
          process_(frame.model().processes()[scene_.id]), thread_(frame.model().thread(scene_.thread)) {}

    void draw() {
        draw_ground();
        draw_name();
        draw_state();
        draw_threads();
        draw_reason();
        draw_rows();
        draw_source();
    }

 private:
    bool is_ended() const { return process_.state != ProcessState::Alive; }
    bool is_zombie() const { return process_.state == ProcessState::Zombie; }
    bool is_asleep() const { return thread_ && scene_.threads.empty() && thread_->state == ThreadState::Asleep; }
    float alpha() const { return is_ended() ? ended_alpha : is_asleep() ? asleep_alpha : 1.0f; }
    float px(float logical) const { return frame_.px(logical); }
    ImU32 text() const { return theme_.ink(is_ended() || is_asleep() ? Ink::TextDim : Ink::Text); }

    void draw_ground() {
        const Rect card = frame_.on_screen(place_.card);
        const bool is_hot = frame_.hot.process == scene_.id;
        frame_.list->AddRectFilled(card.min, card.max, theme_.ink(Ink::Panel), px(9));
        draw_card(frame_.list, card, theme_.ink(Ink::Card, is_ended() ? 0.35f : is_asleep() ? 0.6f : 1.0f),
                  is_zombie() ? 0 : frame_.tint(scene_.id, is_hot ? std::min(1.0f, alpha() + 0.2f) : alpha()), px(9), px(2));
        if (is_zombie()) draw_dashed_rect(frame_.list, card, theme_.ink(Ink::Error), px(9), px(2), px(6));
        if (scene_.is_changed) draw_flash(frame_, card, px(9));
        const Selection& selection = frame_.context.selection;
        if (selection.process == scene_.id && selection.descriptor < 0) draw_ring(frame_, card, px(9));
    }

    void draw_name() {
        const Rect name = frame_.on_screen(place_.name);
        const float size = px(11);
        const ImVec2 dot(name.min.x + size / 2, name.center().y);
        draw_mark(frame_.list, is_ended() ? Mark::Ring : Mark::Dot, dot, size,
                  frame_.tint(scene_.id, is_ended() ? 0.6f : 1.0f));
        const std::string pid = name_tag(name.width() - size - px(16) - text_width(theme_.fonts.bold, process_.name));
        const float pid_width = std::min(text_width(theme_.fonts.small, pid), name.width() * 0.72f);
        draw_text_in(frame_.list, theme_.fonts.small, {{name.max.x - pid_width, name.min.y}, name.max}, Align::Right,
                     theme_.ink(Ink::TextDim), pid);
        draw_text_in(frame_.list, theme_.fonts.bold,
                     {{name.min.x + size + px(8), name.min.y}, {name.max.x - pid_width - px(8), name.max.y}}, Align::Left,
                     text(), process_.name);
    }

    // Its pid, and as much else as there is room for.
    std::string name_tag(float room) const {
        const std::string pid = joined({"pid ", std::to_string(process_.pid)});
        const Process* const parent = frame_.model().process(process_.parent);
        const HostState* const host = frame_.model().network().host(process_.host);
        if (host && scene_.threads.empty()) return joined({"on ", host->name, " · ", pid});
        const std::string of = process_.is_orphan && process_.adopter != 0 ? joined({"adopted by ", std::to_string(process_.adopter)})
                               : parent                                    ? joined({"child of ", parent->name})
                                                                           : "";
        if (!scene_.threads.empty()) return joined({std::to_string(scene_.threads.size()), " threads · ", pid});
        const std::string whole = joined({of, " · ", pid});
        return of.empty() || text_width(theme_.fonts.small, whole) > room ? pid : whole;
    }

    void draw_state() {
        const Rect strip = frame_.on_screen(place_.state);
        if (is_ended()) return draw_end(strip);
        if (!thread_) return draw_strip(strip, frame_.tint(scene_.id, 0.1f), theme_.ink(Ink::TextDim), "no thread is known");
        if (scene_.threads.empty()) draw_thread(strip);
    }

    void draw_thread(const Rect& strip) const {
        switch (thread_->state) {
            case ThreadState::AtGate: return draw_pending(strip);
            case ThreadState::Asleep: return draw_asleep(strip);
            case ThreadState::InKernel:
                return draw_strip(strip, frame_.tint(scene_.id, 0.12f), frame_.tint(scene_.id),
                                  joined({"in the kernel: ", call()}));
            default: return draw_strip(strip, frame_.tint(scene_.id, 0.12f), frame_.tint(scene_.id), "running");
        }
    }

    // A line for each thread: its name, and what it does.
    void draw_threads() {
        if (is_ended()) return;
        float names = 0;
        for (const ThreadId id : scene_.threads) names = std::max(names, text_width(theme_.fonts.small, frame_.model().name_of(id)));
        names = std::min(names, frame_.on_screen(place_.name).width() * 0.35f) + px(10);
        const Thread* const shown = thread_;
        for (std::size_t i = 0; i < place_.threads.size(); ++i) {
            const Rect strip = frame_.on_screen(place_.threads[i]);
            thread_ = frame_.model().thread(scene_.threads[i]);
            draw_text_in(frame_.list, theme_.fonts.small, {strip.min, {strip.min.x + names - px(6), strip.max.y}}, Align::Left, frame_.tint(scene_.id), frame_.model().name_of(thread_->id));
            draw_thread({{strip.min.x + names, strip.min.y}, strip.max});
        }
        thread_ = shown;
    }

    std::string call() const {
        const CallLog::Entry* entry = thread_->call() == no_id ? nullptr : frame_.context.log.entry_of(thread_->call());
        return entry ? call_text(entry->call) : "";
    }

    void draw_strip(const Rect& strip, ImU32 fill, ImU32 ink, const std::string& words) const {
        frame_.list->AddRectFilled(strip.min, strip.max, fill, px(5));
        draw_text_in(frame_.list, theme_.fonts.mono, strip.inset(px(9), 0), Align::Left, ink, words);
    }

    void draw_pending(const Rect& strip) const {
        const bool is_next = thread_->id == frame_.context.next_thread && frame_.context.is_now;
        const bool is_hot = frame_.hot.process == scene_.id && frame_.hot.call != no_id;
        const ImU32 ink = frame_.tint(scene_.id);
        draw_card(frame_.list, strip, frame_.tint(scene_.id, is_hot ? 0.34f : is_next ? 0.26f : 0.13f),
                  is_next ? theme_.ink(Ink::Accent) : is_hot ? ink : 0, px(5), px(1.5f));
        const float mark = px(9);
        draw_mark(frame_.list, Mark::Right, {strip.min.x + px(9) + mark / 2, strip.center().y}, mark, ink);
        Rect room{{strip.min.x + px(13) + mark, strip.min.y}, {strip.max.x - px(8), strip.max.y}};
        const float key = key_width(theme_, "Space");
        if (is_next && text_width(theme_.fonts.mono, call()) + key + px(10) <= room.width()) {
            draw_key(frame_.list, theme_, {room.max.x - key, strip.center().y}, "Space");
            room.max.x -= key + px(8);
        }
        const std::string brief = thread_->call() == no_id ? "" : brief_call_text(frame_.context.trace[thread_->call()]);
        draw_widest(room, ink, {joined({"next: ", call()}), call(), brief});
    }

    void draw_asleep(const Rect& strip) const {
        const ImU32 ink = theme_.ink(Ink::Asleep);
        draw_card(frame_.list, strip, theme_.ink(Ink::Asleep, theme_.is_dark ? 0.24f : 0.16f), theme_.ink(Ink::Asleep, 0.8f),
                  px(5), px(1.5f));
        const float moon = px(15);
        draw_moon(frame_.list, {strip.min.x + px(8) + moon / 2, strip.center().y}, moon, ink);
        const Rect room{{strip.min.x + px(14) + moon, strip.min.y}, {strip.max.x - px(8), strip.max.y}};
        const bool has_call = thread_->call() != no_id;
        const std::string where =
            has_call ? joined({"asleep in ", brief_call_text(frame_.context.trace[thread_->call()])}) : "asleep";
        const std::string why = short_reason_asleep(frame_.context.trace, frame_.model(), thread_->id);
        const bool is_said_below = place_.reason.height() > 0 || why.empty();
        draw_widest(room, ink,
                    is_said_below ? std::vector{why.empty() ? where : joined({where, " · ", why}), where, std::string("asleep")}
                                  : std::vector{joined({where, " · ", why}), joined({"asleep · ", why}), why});
    }

    // "TCP listens at 127.0.0.1:5000", and what may be left out of it, its port last of all; of "pipe, write end" the pipe.
    static std::vector<std::string> shorter_names(const std::string& what) {
        const std::size_t colon = what.rfind(':'), address = what.rfind(' '), first = what.find(' ');
        if (const std::size_t comma = what.find(", "); comma != std::string::npos) return {what, what.substr(comma + 2)};
        if (colon == std::string::npos || address == std::string::npos || colon < address) return {what};
        const std::string head = what.substr(0, address + 1), port = what.substr(colon);
        const bool has_at = head.ends_with(" at ");
        const std::string brief = has_at ? head.substr(0, head.size() - 3) : head;
        return {what, head + port, brief + port, brief.size() > first + 1 ? brief.substr(first + 1) + port : brief + port};
    }

    // The first of these texts that fits; if none does, the last one, cut.
    void draw_widest(const Rect& room, ImU32 ink, const std::vector<std::string>& texts) const {
        const auto fits = [&](const std::string& text) { return text_width(theme_.fonts.mono, text) <= room.width(); };
        const auto found = std::find_if(texts.begin(), texts.end() - 1, fits);
        draw_text_in(frame_.list, theme_.fonts.mono, room, Align::Left, ink, *found);
    }

    void draw_end(const Rect& strip) const {
        const bool is_killed = process_.wait_status && (*process_.wait_status & 0x7f) != 0;
        const bool is_grave = is_killed || is_zombie();
        const ImU32 ink = theme_.ink(is_grave ? Ink::Error : Ink::TextDim);
        draw_card(frame_.list, strip, is_grave ? theme_.ink(Ink::Error, 0.12f) : theme_.ink(Ink::Well, 0.6f), 0, px(5));
        const float mark = px(11);
        draw_mark(frame_.list, is_grave ? Mark::Cross : Mark::Ring, {strip.min.x + px(9) + mark / 2, strip.center().y}, mark,
                  ink);
        std::string words = process_.wait_status ? text_of_wait_status(*process_.wait_status) : "ended";
        if (is_zombie()) words = joined({"zombie · ", words});
        draw_text_in(frame_.list, theme_.fonts.mono,
                     {{strip.min.x + px(15) + mark, strip.min.y}, {strip.max.x - px(8), strip.max.y}}, Align::Left, ink, words);
    }

    void draw_reason() const {
        const Rect room = frame_.on_screen(place_.reason);
        if (room.height() <= 0) return;
        draw_paragraph(frame_.list, theme_.fonts.small, room.min, room.width(),
                       theme_.ink(is_ended() ? Ink::TextDim : Ink::Text), scene_.reason);
    }

    void draw_rows() const {
        for (std::size_t i = 0; i < place_.rows.size(); ++i)
            draw_row(scene_.rows[place_.rows[i]], frame_.on_screen(place_.row_places[i]));
    }

    static std::string numbers_of(const SceneRow& row) {
        std::string numbers;
        for (const int number : row.numbers) numbers += joined({numbers.empty() ? "" : " ", std::to_string(number)});
        return numbers;
    }

    float number_column() const {
        float width = px(10);
        for (const std::size_t row : place_.rows)
            width = std::max(width, text_width(theme_.fonts.mono, numbers_of(scene_.rows[row])));
        return width;
    }

    void draw_row(const SceneRow& row, const Rect& place) const {
        const bool is_hot = frame_.hot.process == scene_.id && frame_.hot.descriptor == row.numbers.front();
        const bool is_named = frame_.hot.object != no_id && frame_.hot.object == row.object;
        if (is_hot || is_named) frame_.list->AddRectFilled(place.min, place.max, theme_.ink(Ink::CardHot), px(4));
        if (row.is_changed) draw_flash(frame_, place, px(4));
        const Selection& selection = frame_.context.selection;
        if (selection.process == scene_.id && selection.descriptor == row.numbers.front()) draw_ring(frame_, place, px(4));

        const std::string numbers = numbers_of(row);
        const bool is_dim = row.is_quiet || row.is_closed || is_ended();
        const ImU32 ink = row.is_guilty ? theme_.ink(Ink::Error) : is_dim ? theme_.ink(Ink::TextDim) : frame_.tint(scene_.id);
        const ImU32 number_ink = theme_.ink(row.is_changed && !row.is_closed ? Ink::Text : Ink::TextDim);
        float x = place.min.x + px(9);
        const float number_width = text_width(theme_.fonts.mono, numbers);
        draw_text_in(frame_.list, theme_.fonts.mono, {{x, place.min.y}, {x + number_width, place.max.y}}, Align::Left,
                     number_ink, numbers);
        x += number_column() + px(13);
        float right = place.max.x - px(9);
        if (row.is_changed) {
            draw_changed(frame_, {right - px(4), place.center().y});
            right -= px(14);
        }
        if (row.is_guilty) {
            draw_warning(frame_.list, {right - px(7), place.center().y}, px(14), theme_.ink(Ink::Error), theme_.ink(Ink::Card));
            right -= px(20);
        }
        const Rect room{{x, place.min.y}, {right, place.max.y}};
        draw_widest(room, ink, shorter_names(row.what));
        if (row.is_closed) {
            const float y = std::floor(place.center().y) + 0.5f;
            frame_.list->AddLine({place.min.x + px(7), y}, {place.min.x + px(9) + number_width + px(3), y},
                                 theme_.ink(Ink::TextDim), px(1.2f));
        }
    }

    void draw_source() const {
        if (place_.source.height() <= 0) return;
        const Rect line = frame_.on_screen(place_.source).inset(px(9), 0);
        const ImU32 ink = theme_.ink(Ink::TextDim);
        float used = 0;
        if (place_.folded_descriptors > 0) {
            const std::string folded = joined({"+", counted(place_.folded_descriptors, "descriptor", "descriptors")});
            used = std::min(text_width(theme_.fonts.small, folded), line.width()) + px(10);
            draw_text_in(frame_.list, theme_.fonts.small, line, Align::Right, ink, folded);
        }
        const std::optional<SourcePlace> source = thread_ ? place_of_thread(frame_.model(), *thread_) : std::nullopt;
        if (!source || line.width() - used < px(40)) return;
        draw_text_in(frame_.list, theme_.fonts.small, {line.min, {line.max.x - used, line.max.y}}, Align::Left, ink,
                     joined({file_name(source->file), ":", std::to_string(source->line)}));
    }

    const StageFrame& frame_;
    const Theme& theme_;
    const SceneProcess& scene_;
    const CardPlace& place_;
    const Process& process_;
    const Thread* thread_;
};

}  // namespace

void draw_process(const StageFrame& frame, std::size_t process) {
    if (frame.scene.processes[process].is_visitor()) return draw_visitor(frame, process);
    ProcessPainter(frame, process).draw();
}

}  // namespace ipcscope
