#include "app/views/stage_routes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ipcscope {

namespace {

// Logical lengths.
constexpr float clearance = 8;         // between an edge and a box that it passes
constexpr float reach = 26;            // how far from its object's side an edge may come down
constexpr float wide_corner = 60, narrow_corner = 12;
constexpr float port_inset = 28;       // of the outermost edge from its card's corner
constexpr float label_width = 92;      // at the left of the channel: "user space"
constexpr float lowest_lane = 20;      // above the objects: an arrow head has its place below it
constexpr float top_inset = 18;        // of the outermost edge that enters an object's top from its corner
constexpr float top_gap = 22;          // between two of them
constexpr float step_aside = 40;       // as little is saved by leaving the card elsewhere
constexpr int corner_pieces = 10;

// One edge while its way is being found.
struct Route {
    std::size_t edge = 0;
    float start = 0, start_y = 0;      // at the card's bottom
    bool passes_cards = false;         // other cards stand below: it goes through a gap between columns first
    float gap = 0, gap_y = 0;          // where that is, and the height at which it goes there
    bool is_direct = false;            // straight down, then level into the object's side
    bool enters_top = false;           // else, where nothing stands above the object
    float lane = 0;                    // height at which it runs level in the channel
    float down = 0;                    // x at which it comes down to the object
    float port = 0, side = 0;          // where it enters: y, x

    float entry() const { return passes_cards ? gap : start; }   // x at which it comes into the channel
};

class Router {
 public:
    Router(const StageScene& scene, StageLayout& layout, const StageBands& bands, float scale)
        : scene_(scene), layout_(layout), bands_(bands), scale_(scale) {}

    void route() {
        routes_.resize(scene_.edges.size());
        for (std::size_t i = 0; i < routes_.size(); ++i) routes_[i].edge = i;
        choose_starts();
        choose_gaps();
        for (Route& route : routes_) choose_direct(route);
        choose_tops();
        choose_lanes();
        choose_tracks();
        choose_ports();
        for (const Route& route : routes_) layout_.edges.push_back(path_of(route));
    }

 private:
    float px(float logical) const { return logical * scale_; }
    const SceneEdge& edge(const Route& route) const { return scene_.edges[route.edge]; }
    const Rect& box(const Route& route) const { return layout_.objects[edge(route).object].box; }
    const Rect& card(const Route& route) const { return layout_.cards[edge(route).process].card; }
    bool enters_left(const Route& route) const { return edge(route).way == Way::In; }
    float outside(const Route& route, float distance) const {
        return enters_left(route) ? box(route).min.x - distance : box(route).max.x + distance;
    }

    // Along a card's bottom the edges leave in the order of where they go; a lone one leaves in the middle.
    void choose_starts() {
        for (std::size_t process = 0; process < scene_.processes.size(); ++process) {
            std::vector<Route*> mine;
            for (Route& route : routes_)
                if (edge(route).process == process) mine.push_back(&route);
            std::stable_sort(mine.begin(), mine.end(),
                             [&](const Route* a, const Route* b) { return outside(*a, px(reach)) < outside(*b, px(reach)); });
            for (std::size_t i = 0; i < mine.size(); ++i) {
                const Rect& from = card(*mine[i]);
                const float share = static_cast<float>(i + 1) / static_cast<float>(mine.size() + 1);
                const float least = std::max(from.min.x + px(port_inset), std::min(px(label_width), from.center().x)),
                            most = from.max.x - px(port_inset);
                mine[i]->start = mine.size() == 1 ? from.center().x : least + (most - least) * share;
                mine[i]->start_y = from.max.y;
                mine[i]->side = outside(*mine[i], 0);
                mine[i]->port = box(*mine[i]).center().y;
            }
        }
    }

    // Cards of an upper row have others below them: their edges go down between two columns.
    void choose_gaps() {
        std::vector<std::vector<Route*>> by_gap(bands_.card_columns + 1);
        for (Route& route : routes_) {
            const std::size_t process = edge(route).process;
            route.passes_cards = process + bands_.card_columns < layout_.cards.size();
            if (!route.passes_cards) continue;
            const std::size_t column = process % bands_.card_columns;
            by_gap[outside(route, 0) < card(route).center().x ? column : column + 1].push_back(&route);
        }
        const float width = layout_.cards.empty() ? 0 : layout_.cards.front().card.width();
        for (std::size_t gap = 0; gap < by_gap.size(); ++gap) {
            const float middle = bands_.left + bands_.card_cell * static_cast<float>(gap);
            const float half = std::max(0.0f, (bands_.card_cell - width) / 2 - px(clearance) / 2);
            const float least = std::max(middle - half, px(2)), most = std::min(middle + half, layout_.content.x - px(2));
            const auto count = static_cast<float>(by_gap[gap].size());
            for (std::size_t i = 0; i < by_gap[gap].size(); ++i) {
                const float share = static_cast<float>(i + 1) / (count + 1);
                by_gap[gap][i]->gap = least + (most - least) * share;
                by_gap[gap][i]->gap_y = by_gap[gap][i]->start_y + bands_.row_gap * (0.25f + 0.5f * share);
            }
        }
    }

    bool is_free(const Rect& area, std::size_t own_object) const {
        const Rect wide{{area.min.x - px(clearance), area.min.y}, {area.max.x + px(clearance), area.max.y}};
        for (std::size_t i = 0; i < layout_.objects.size(); ++i) {
            const Rect& other = layout_.objects[i].box;
            const bool is_apart = wide.max.x <= other.min.x || wide.min.x >= other.max.x || wide.max.y <= other.min.y ||
                                  wide.min.y >= other.max.y;
            if (i != own_object && !is_apart) return false;
        }
        return true;
    }

    bool can_go_direct(const Route& route) const {
        const float x = route.entry(), side = route.side;
        const float ahead = enters_left(route) ? side - x : x - side;
        const Rect area{{std::min(x, side), bands_.channel_top}, {std::max(x, side), box(route).max.y}};
        return ahead >= px(reach) / 2 && is_free(area, edge(route).object);
    }

    // A lone edge may leave its card elsewhere than in the middle if that spares it two corners.
    void choose_direct(Route& route) {
        route.is_direct = can_go_direct(route);
        const auto beside = std::count_if(routes_.begin(), routes_.end(),
                                          [&](const Route& other) { return edge(other).process == edge(route).process; });
        if (!route.is_direct && !route.passes_cards && beside == 1) {
            Route other = route;
            other.start =
                std::clamp(outside(route, px(reach)), card(route).min.x + px(port_inset), card(route).max.x - px(port_inset));
            if (can_go_direct(other)) route.start = other.start, route.is_direct = true;
        }
        route.down = route.is_direct ? route.entry() : outside(route, px(reach) / 2);
    }

    // Who would have to go around the object enters its top instead, where nothing stands above it: straight down if it can be,
    // and in the order in which they come, so that they do not cross.
    void choose_tops() {
        for (std::size_t object = 0; object < layout_.objects.size(); ++object) {
            const Rect& to = layout_.objects[object].box;
            if (!is_free({{to.min.x, bands_.channel_top}, {to.max.x, to.min.y}}, object)) continue;
            std::vector<Route*> mine;
            for (Route& route : routes_)
                if (edge(route).object == object && !route.is_direct) mine.push_back(&route);
            std::stable_sort(mine.begin(), mine.end(), [](const Route* a, const Route* b) { return a->entry() < b->entry(); });
            const float least = to.min.x + px(top_inset), most = to.max.x - px(top_inset);
            const float gap = std::min(px(top_gap), (most - least) / static_cast<float>(std::max<std::size_t>(mine.size(), 2) - 1));
            for (std::size_t i = 0; i < mine.size(); ++i) {
                const float before = i == 0 ? least : mine[i - 1]->down + gap;
                mine[i]->down = std::max(before, std::clamp(mine[i]->entry(), least, most));
            }
            for (std::size_t i = mine.size(); i-- > 0;) {
                const float after = i + 1 == mine.size() ? most : mine[i + 1]->down - gap;
                mine[i]->down = std::min(mine[i]->down, after);
                mine[i]->enters_top = true;
                straighten(*mine[i]);
                mine[i]->side = mine[i]->down;
                mine[i]->port = to.min.y;
            }
        }
    }

    // A little step aside is saved by leaving the card there, if the edges beside it leave room.
    void straighten(Route& route) {
        if (route.passes_cards || std::abs(route.down - route.start) > px(step_aside)) return;
        const bool is_free = std::ranges::none_of(routes_, [&](const Route& other) {
            return &other != &route && edge(other).process == edge(route).process && std::abs(other.start - route.down) < px(step_aside);
        });
        if (is_free && route.down > card(route).min.x + px(port_inset) && route.down < card(route).max.x - px(port_inset)) route.start = route.down;
    }

    static bool is_straight(const Route& route) { return route.is_direct || (route.enters_top && std::abs(route.down - route.entry()) < 1); }

    // The others run level in the channel. Nested, so that those of one direction do not cross each other: who has the
    // longest way over the others' heads runs lowest.
    void choose_lanes() {
        std::vector<Route*> order;
        for (Route& route : routes_)
            if (!is_straight(route)) order.push_back(&route);
        const auto goes_right = [](const Route* route) { return route->down > route->entry(); };
        std::stable_sort(order.begin(), order.end(), [&](const Route* a, const Route* b) {
            if (goes_right(a) != goes_right(b)) return goes_right(a);
            return goes_right(a) ? a->entry() > b->entry() : a->entry() < b->entry();
        });
        std::vector<int> lanes(order.size(), 0);
        int count = 0;
        for (std::size_t i = 0; i < order.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j)
                if (overlap(*order[i], *order[j])) lanes[i] = std::max(lanes[i], lanes[j] + 1);
            count = std::max(count, lanes[i] + 1);
        }
        const float top = bands_.channel_top + px(14), end = bands_.channel_end - px(lowest_lane);
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i]->lane =
                end - (end - top) * static_cast<float>(count - lanes[i] - 1) / static_cast<float>(std::max(count, 3));
    }

    bool overlap(const Route& a, const Route& b) const {
        return std::min(a.entry(), a.down) - px(clearance) < std::max(b.entry(), b.down) &&
               std::min(b.entry(), b.down) - px(clearance) < std::max(a.entry(), a.down);
    }

    template <class Each>
    void for_each_side(Each each) {
        for (std::size_t object = 0; object < layout_.objects.size(); ++object) {
            for (const Way way : {Way::In, Way::Out}) {
                std::vector<Route*> mine;
                for (Route& route : routes_)
                    if (edge(route).object == object && edge(route).way == way && !route.enters_top) mine.push_back(&route);
                if (!mine.empty()) each(mine);
            }
        }
    }

    // Several that come down beside the same side get a track each: the upper lane the nearer one, seen from where they come.
    void choose_tracks() {
        for_each_side([&](std::vector<Route*>& mine) {
            float room = px(reach);   // as far as the nearest of those that come straight down
            for (const Route* route : mine)
                if (route->is_direct)
                    room = std::min(room, std::max(px(clearance), std::abs(route->down - route->side) - px(clearance) / 2));
            std::erase_if(mine, [](const Route* route) { return route->is_direct; });
            const auto comes_over = [&](const Route* route) {
                return enters_left(*route) ? route->entry() > route->down : route->entry() < route->down;
            };
            std::stable_sort(mine.begin(), mine.end(), [&](const Route* a, const Route* b) {
                if (comes_over(a) != comes_over(b)) return comes_over(a);
                return comes_over(a) ? a->lane > b->lane : a->lane < b->lane;
            });
            for (std::size_t i = 0; i < mine.size(); ++i)
                mine[i]->down = outside(*mine[i], room * static_cast<float>(i + 1) / static_cast<float>(mine.size() + 1));
        });
    }

    // The nearer an edge comes down, the higher it enters: so they do not cross.
    void choose_ports() {
        for_each_side([&](std::vector<Route*>& mine) {
            std::stable_sort(mine.begin(), mine.end(), [&](const Route* a, const Route* b) {
                return std::abs(a->down - a->side) < std::abs(b->down - b->side);
            });
            for (std::size_t i = 0; i < mine.size(); ++i) {
                const Rect& to = box(*mine[i]);
                mine[i]->port = to.min.y + to.height() * static_cast<float>(i + 1) / static_cast<float>(mine.size() + 1);
            }
        });
    }

    EdgePath path_of(const Route& route) const {
        std::vector<ImVec2> corners{{route.start, route.start_y}};
        if (route.passes_cards) {
            corners.push_back({route.start, route.gap_y});
            corners.push_back({route.gap, route.gap_y});
        }
        if (!is_straight(route)) {
            corners.push_back({route.entry(), route.lane});
            corners.push_back({route.down, route.lane});
        }
        if (!route.enters_top) corners.push_back({route.down, route.port});
        corners.push_back({route.side, route.port});
        return rounded(corners, px(route.is_direct ? wide_corner : narrow_corner));
    }

    EdgePath rounded(const std::vector<ImVec2>& corners, float last_radius) const {
        EdgePath path;
        path.points.push_back(corners.front());
        for (std::size_t i = 1; i + 1 < corners.size(); ++i) {
            const ImVec2 before = corners[i - 1], here = corners[i], after = corners[i + 1];
            const bool is_last = i + 2 == corners.size();
            const float into = std::hypot(here.x - before.x, here.y - before.y) * (i == 1 ? 0.8f : 0.5f);
            const float out = std::hypot(after.x - here.x, after.y - here.y) * (is_last ? 0.9f : 0.5f);
            const float radius = std::min({is_last ? last_radius : px(narrow_corner), into, out});
            if (radius < 0.5f) {
                path.points.push_back(here);
                continue;
            }
            const ImVec2 from = towards(here, before, radius), to = towards(here, after, radius);
            for (int piece = 0; piece <= corner_pieces; ++piece) {
                const float t = static_cast<float>(piece) / corner_pieces, u = 1 - t;
                path.points.push_back(
                    {u * u * from.x + 2 * u * t * here.x + t * t * to.x, u * u * from.y + 2 * u * t * here.y + t * t * to.y});
            }
        }
        path.points.push_back(corners.back());
        for (std::size_t i = 1; i < path.points.size(); ++i)
            path.length += std::hypot(path.points[i].x - path.points[i - 1].x, path.points[i].y - path.points[i - 1].y);
        return path;
    }

    static ImVec2 towards(ImVec2 from, ImVec2 to, float distance) {
        const float length = std::max(1e-3f, std::hypot(to.x - from.x, to.y - from.y));
        return {from.x + (to.x - from.x) * distance / length, from.y + (to.y - from.y) * distance / length};
    }

    const StageScene& scene_;
    StageLayout& layout_;
    const StageBands& bands_;
    float scale_;
    std::vector<Route> routes_;
};

}  // namespace

void route_edges(const StageScene& scene, StageLayout& layout, const StageBands& bands, float scale) {
    Router(scene, layout, bands, scale).route();
}

ImVec2 EdgePath::at(float distance) const {
    for (std::size_t i = 1; i < points.size(); ++i) {
        const float piece = std::hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y);
        if (distance <= piece && piece > 0) {
            const float t = std::max(0.0f, distance / piece);
            return {points[i - 1].x + (points[i].x - points[i - 1].x) * t,
                    points[i - 1].y + (points[i].y - points[i - 1].y) * t};
        }
        distance -= piece;
    }
    return points.empty() ? ImVec2() : points.back();
}

ImVec2 EdgePath::direction(float distance) const {
    const ImVec2 a = at(std::max(0.0f, distance - 2)), b = at(std::min(length, distance + 2));
    const float apart = std::hypot(b.x - a.x, b.y - a.y);
    return apart > 0 ? ImVec2((b.x - a.x) / apart, (b.y - a.y) / apart) : ImVec2(0, 1);
}

}  // namespace ipcscope
