#include "app/views/stage_family.h"

#include <algorithm>
#include <cmath>

#include "app/views/stage_draw.h"
#include "app/views/words.h"
#include "core/model/canonical.h"

namespace ipcscope {

namespace {

// Gives each node a place of its own: leaves side by side, parents above the middle of their children.
class FamilyMaker {
 public:
    explicit FamilyMaker(const Model& model) : model_(model) {}

    Family make() {
        for (const Process& process : model_.processes()) add(process);
        for (std::size_t i = 0; i < family_.members.size(); ++i)
            if (family_.members[i].maker == no_kin) place(i, 0);
        family_.width = next_;
        return std::move(family_);
    }

 private:
    void add(const Process& process) {
        Kin kin;
        kin.process = process.id;
        if (process.parent < process.id) kin.maker = process.parent;   // births are in order
        kin.is_adopted = process.is_orphan && process.adopter != 0;
        if (kin.is_adopted) family_.adopter = process.adopter;
        family_.members.push_back(kin);
    }

    void place(std::size_t at, std::size_t level) {
        family_.members[at].level = level;
        family_.levels = std::max(family_.levels, level + 1);
        float first = 0, last = 0;
        bool is_leaf = true;
        for (std::size_t i = at + 1; i < family_.members.size(); ++i) {
            if (family_.members[i].maker != at) continue;
            place(i, level + 1);
            last = family_.members[i].place;
            if (is_leaf) first = last;
            is_leaf = false;
        }
        if (is_leaf) first = last = next_ + 0.5f, next_ += 1;
        family_.members[at].place = (first + last) / 2;
    }

    const Model& model_;
    Family family_;
    float next_ = 1;
};

class FamilyPainter {
 public:
    explicit FamilyPainter(const StageFrame& frame)
        : frame_(frame), theme_(frame.theme()), family_(frame.scene.family), room_(frame.on_screen(frame.layout.family)) {}

    void draw() const {
        for (const Kin& kin : family_.members) draw_descent(kin);
        if (family_.adopter != 0) draw_adopter();
        for (const Kin& kin : family_.members) draw_node(kin);
    }

 private:
    float px(float logical) const { return frame_.px(logical); }
    const Process& process_of(const Kin& kin) const { return frame_.model().processes()[kin.process]; }

    Rect node(float place, std::size_t level) const {
        const float cell = room_.width() / std::max(1.0f, family_.width);
        const float width = std::min(cell - px(10), px(190)), height = px(26);
        const float step = family_.levels < 2 ? 0 : (room_.height() - height) / static_cast<float>(family_.levels - 1);
        const ImVec2 middle(room_.min.x + cell * place, room_.min.y + height / 2 + step * static_cast<float>(level));
        return {{std::round(middle.x - width / 2), std::round(middle.y - height / 2)},
                {std::round(middle.x + width / 2), std::round(middle.y + height / 2)}};
    }
    Rect node(const Kin& kin) const { return node(kin.place, kin.level); }
    Rect adopter() const { return node(0.5f, 0); }

    // A thin dashed line to who had made an adopted one, a line to who has adopted it.
    void draw_descent(const Kin& kin) const {
        if (kin.maker == no_kin) return;
        const Rect to = node(kin), maker = node(family_.members[kin.maker]);
        const bool is_over = process_of(kin).state == ProcessState::Gone;
        const ImU32 ink = frame_.tint(kin.process, is_over ? 0.35f : 1);
        const ImVec2 top(to.center().x, to.min.y), from_maker(maker.center().x, maker.max.y);
        if (!kin.is_adopted) return draw_curve(frame_.list, curve_down(from_maker, top), ink, px(2));
        draw_curve(frame_.list, curve_down(from_maker, top), theme_.ink(Ink::TextDim, 0.8f), px(1.4f), px(4));
        if (!is_over) draw_curve(frame_.list, curve_down({adopter().center().x, adopter().max.y}, top), ink, px(2));
    }

    void draw_adopter() const {
        const Rect rect = adopter();
        frame_.list->AddRectFilled(rect.min, rect.max, theme_.ink(Ink::Kernel), rect.height() / 2);
        draw_card(frame_.list, rect, theme_.ink(Ink::Card), theme_.ink(Ink::Object), rect.height() / 2, px(2));
        const std::string pid = joined({"pid ", std::to_string(family_.adopter)});
        draw_widest(rect.inset(px(10), 0), Align::Center, theme_.ink(Ink::Text), {joined({pid, " adopts orphans"}), joined({pid, " adopts"}), pid});
    }

    void draw_node(const Kin& kin) const {
        const Rect rect = node(kin);
        const float rounding = rect.height() / 2;
        frame_.list->AddRectFilled(rect.min, rect.max, theme_.ink(Ink::Kernel), rounding);
        const Process& process = process_of(kin);
        const bool is_zombie = process.state == ProcessState::Zombie, is_gone = process.state == ProcessState::Gone;
        const ImU32 ink = frame_.tint(kin.process, is_gone ? 0.4f : 1);
        if (is_zombie) {
            draw_card(frame_.list, rect, theme_.ink(Ink::Error, 0.12f), 0, rounding);
            draw_dashed_rect(frame_.list, rect, theme_.ink(Ink::Error), rounding, px(2), px(5));
        } else {
            draw_card(frame_.list, rect, theme_.ink(Ink::Card, is_gone ? 0.35f : 1), ink, rounding, px(is_gone ? 1.2f : 2));
        }
        const float mark = px(10);
        draw_mark(frame_.list, is_zombie ? Mark::Cross : is_gone ? Mark::Ring : Mark::Dot,
                  {rect.min.x + px(11) + mark / 2, rect.center().y}, mark, is_zombie ? theme_.ink(Ink::Error) : ink);
        const std::string pid = joined({process.name, " ", std::to_string(process.pid)});
        const std::string_view what = is_zombie ? " · zombie" : is_gone ? " · gone" : "";
        draw_widest({{rect.min.x + px(16) + mark, rect.min.y}, {rect.max.x - px(9), rect.max.y}}, Align::Left,
                    theme_.ink(is_gone ? Ink::TextDim : Ink::Text), {joined({pid, what}), pid, process.name});
        const Selection& selection = frame_.context.selection;
        if (selection.process == kin.process && selection.descriptor < 0) draw_ring(frame_, rect, rounding);
    }

    // The first of these texts that fits; if none does, the last one, cut.
    void draw_widest(const Rect& room, Align align, ImU32 ink, const std::vector<std::string>& texts) const {
        const auto fits = [&](const std::string& text) { return text_width(theme_.fonts.small, text) <= room.width(); };
        const auto found = std::find_if(texts.begin(), texts.end() - 1, fits);
        draw_text_in(frame_.list, theme_.fonts.small, room, align, ink, *found);
    }

    const StageFrame& frame_;
    const Theme& theme_;
    const Family& family_;
    Rect room_;
};

}  // namespace

Family family_of(const Model& model) { return FamilyMaker(model).make(); }

void draw_family(const StageFrame& frame) {
    if (!frame.scene.family.members.empty()) FamilyPainter(frame).draw();
}

}  // namespace ipcscope
