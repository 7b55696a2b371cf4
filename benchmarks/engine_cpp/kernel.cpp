// The two-rate step of renshaw by hand, in AVX-512 or AVX2 intrinsics: the physical reference.
//
// Same arithmetic, same layout of memory and same noise as renshaw/engine/{step,slow,block}.py, for
// the published pool only (not what renshaw/engine/beyond.py adds);
// layout.h holds the rows and constants, written by benchmarks/engine.py from the Python source.
//     g++ -O3 -march=native -ffp-contract=fast -shared -fPIC
#include <immintrin.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "layout.h"

#ifdef __AVX512F__
typedef __m512 vf;
typedef __m512i vi;
constexpr int L = 16;
static inline vf load(const float *p) { return _mm512_loadu_ps(p); }
static inline void store(float *p, vf x) { _mm512_storeu_ps(p, x); }
static inline vf all(float x) { return _mm512_set1_ps(x); }
static inline vf fma(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
static inline vf fms(vf a, vf b, vf c) { return _mm512_fmsub_ps(a, b, c); }
static inline vf fnma(vf a, vf b, vf c) { return _mm512_fnmadd_ps(a, b, c); }
static inline vf least(vf a, vf b) { return _mm512_min_ps(a, b); }
static inline vf most(vf a, vf b) { return _mm512_max_ps(a, b); }
static inline vf root(vf a) { return _mm512_sqrt_ps(a); }
static inline unsigned above(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }
static inline vf pick_near(vf x, vf limit, vf near, vf far) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(_mm512_abs_ps(x), limit, _CMP_LT_OQ), far, near);
}
static inline vf scale(vf p, vf shifted) {
    return _mm512_castsi512_ps(_mm512_add_epi32(
        _mm512_castps_si512(p), _mm512_slli_epi32(_mm512_castps_si512(shifted), 23)));
}
static inline vf crossed(vf before, vf after, vf limit, vf where, vf old) {
    __mmask16 k = _mm512_cmp_ps_mask(before, limit, _CMP_LT_OQ) &
                  _mm512_cmp_ps_mask(after, limit, _CMP_GE_OQ);
    return _mm512_mask_blend_ps(k, old, where);
}
static inline vi set(uint32_t x) { return _mm512_set1_epi32((int)x); }
static inline vi count_up() {
    return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
static inline vi add(vi a, vi b) { return _mm512_add_epi32(a, b); }
static inline vi both(vi a, vi b) { return _mm512_xor_si512(a, b); }
static inline vi low_half(vi a) { return _mm512_and_si512(a, set(0xFFFF)); }
static inline vi high_half(vi a) { return _mm512_srli_epi32(a, 16); }
static inline vf number(vi a) { return _mm512_cvtepi32_ps(a); }
static inline void multiply(vi a, uint32_t m, vi &high, vi &low) {
    vi by = set(m);
    vi even = _mm512_mul_epu32(a, by);
    vi odd = _mm512_mul_epu32(_mm512_srli_epi64(a, 32), by);
    low = _mm512_mullo_epi32(a, by);
    high = _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 32), odd);
}
#else
typedef __m256 vf;
typedef __m256i vi;
constexpr int L = 8;
static inline vf load(const float *p) { return _mm256_loadu_ps(p); }
static inline void store(float *p, vf x) { _mm256_storeu_ps(p, x); }
static inline vf all(float x) { return _mm256_set1_ps(x); }
static inline vf fma(vf a, vf b, vf c) { return _mm256_fmadd_ps(a, b, c); }
static inline vf fms(vf a, vf b, vf c) { return _mm256_fmsub_ps(a, b, c); }
static inline vf fnma(vf a, vf b, vf c) { return _mm256_fnmadd_ps(a, b, c); }
static inline vf least(vf a, vf b) { return _mm256_min_ps(a, b); }
static inline vf most(vf a, vf b) { return _mm256_max_ps(a, b); }
static inline vf root(vf a) { return _mm256_sqrt_ps(a); }
static inline unsigned above(vf a, vf b) {
    return (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ));
}
static inline vf pick_near(vf x, vf limit, vf near, vf far) {
    vf size = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x);
    return _mm256_blendv_ps(far, near, _mm256_cmp_ps(size, limit, _CMP_LT_OQ));
}
static inline vf scale(vf p, vf shifted) {
    return _mm256_castsi256_ps(_mm256_add_epi32(
        _mm256_castps_si256(p), _mm256_slli_epi32(_mm256_castps_si256(shifted), 23)));
}
static inline vf crossed(vf before, vf after, vf limit, vf where, vf old) {
    vf k = _mm256_and_ps(_mm256_cmp_ps(before, limit, _CMP_LT_OQ),
                         _mm256_cmp_ps(after, limit, _CMP_GE_OQ));
    return _mm256_blendv_ps(old, where, k);
}
static inline vi set(uint32_t x) { return _mm256_set1_epi32((int)x); }
static inline vi count_up() { return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7); }
static inline vi add(vi a, vi b) { return _mm256_add_epi32(a, b); }
static inline vi both(vi a, vi b) { return _mm256_xor_si256(a, b); }
static inline vi low_half(vi a) { return _mm256_and_si256(a, set(0xFFFF)); }
static inline vi high_half(vi a) { return _mm256_srli_epi32(a, 16); }
static inline vf number(vi a) { return _mm256_cvtepi32_ps(a); }
static inline void multiply(vi a, uint32_t m, vi &high, vi &low) {
    vi by = set(m);
    vi even = _mm256_mul_epu32(a, by);
    vi odd = _mm256_mul_epu32(_mm256_srli_epi64(a, 32), by);
    low = _mm256_mullo_epi32(a, by);
    high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
}
#endif
static_assert(WIDTH % L == 0, "a chunk is whole vectors");

static inline vf exp2v(vf x) {
    vf shifted = x + all(ROUND);
    vf f = x - (shifted - all(ROUND));
    vf p = fma(all(C5), f, all(C4));
    p = fma(p, f, all(C3));
    p = fma(p, f, all(C2));
    p = fma(p, f, all(C1));
    p = fma(p, f, all(1.0f));
    return scale(p, shifted);
}
static inline vf gain(vf z) { return all(1.0f) - exp2v(most(z * all(MINUS_E), all(FAR))); }
static inline vf short_gain(vf z) {
    vf w = least(z, all(LONGEST));
    vf p = fnma(w, all(HUNDREDTWENTIETH), all(TWENTYFOURTH));
    p = fnma(w, p, all(SIXTH));
    p = fnma(w, p, all(0.5f));
    p = fnma(w, p, all(1.0f));
    return w * p;
}
static inline vf moved(vf gate, vf inf, vf gain) { return fma(inf - gate, gain, gate); }
static inline vf linoid(vf x, float slope, vf e) {
    return pick_near(x, all(NEAR_THETA_mV), fma(all(0.5f), x, all(slope)), x / (all(1.0f) - e));
}
static inline vf clamped(vf v) { return least(most(v, all(LOWEST_mV)), all(HIGHEST_mV)); }

static inline void step(float *s, float per_half_step, float half_step, float lead) {
    const vf one = all(1.0f), half = all(0.5f), two = all(2.0f);
    for (int i = 0; i < WIDTH; i += L) {
#define AT(row) (s + (row) * WIDTH + i)
        vf V = load(AT(ROW_V)), v = clamped(V);
        vf span = load(AT(ROW_AGE)) + all(half_step);
        vf x = v - all(M_THETA), e = exp2v(x * all(M_PER_mV));
        vf sum = fma(all(M_CLOSING), e, all(M_OPENING));
        vf m_inf = all(M_OPENING) / sum;
        vf m_rate = least(all(M_FASTEST), all(WARMING) * sum * linoid(x, M_SLOPE, e));
        x = v - all(H_THETA);
        e = exp2v(x * all(H_PER_mV));
        vf h_rate = least(all(H_FASTEST), all(WARMING) * fma(all(H_CLOSING), e, all(H_OPENING)) *
                                              linoid(x, H_SLOPE, e));
        vf y = exp2v(v * all(PER_mV)), y2 = y * y, y4 = y2 * y2, y5 = y4 * y;
        vf h_inf = y5 / (y5 + all(H_HALF)), n_inf = one / fma(all(N_HALF), y2, one);
        vf p_inf = one / fma(all(P_HALF), y4 * y4, one);
        vf a_inf = one / fma(all(A_HALF), y5 * y5, one);
        vf b = exp2v((v - all(B_SLOWEST)) * all(B_PER_mV)), square = (one + b) * (one + b);
        vf n_rate = square / fma(all(N_FASTEST), square, all(N_BELL) * b);
        vf z = span * m_rate;
        vf ahead = all(lead) * load(AT(ROW_SLOPE)) * span * z / fma(all(FIFTH) * z, z, all(TWELVE));
        m_inf = fma(m_inf * (one - m_inf) * all(PER_M_SLOPE), ahead, m_inf);
        vf m = moved(load(AT(ROW_M_NA)), m_inf, gain(z));
        vf h = moved(load(AT(ROW_H_NA)), h_inf, short_gain(span * h_rate));
        vf n = moved(load(AT(ROW_N_K)), n_inf, short_gain(span * n_rate));
        vf p = moved(load(AT(ROW_P_NAP)), p_inf, short_gain(span * all(P_RATE)));
        vf a_before = load(AT(ROW_A_CA));
        vf a = moved(a_before, a_inf, short_gain(span * all(A_RATE)));
        vf drive = load(AT(ROW_CALCIUM_PER_DRIVE)) * (half * (a_before + a)) * (all(E_CA) - V);
        vf c_before = load(AT(ROW_CALCIUM));
        vf c = moved(c_before, drive, short_gain(span * load(AT(ROW_CALCIUM_REMOVAL_RATE))));
        vf c_now = half * (c_before + c), alpha = all(CA_RATE) * c_now * c_now;
        vf k_rate = alpha + all(CA_RATE);
        vf k = moved(load(AT(ROW_N_KCA)), alpha / k_rate, short_gain(span * k_rate));

        vf g_Na = fma(load(AT(ROW_G_NA)) * (m * m * m), h, load(AT(ROW_G_NAP)) * p);
        vf n2 = n * n, g_K = fma(load(AT(ROW_G_K)), n2 * n2, load(AT(ROW_G_KCA)) * k);
        vf g_Ca = load(AT(ROW_G_CA)) * a;
        vf kept = load(AT(ROW_C_SOMA)) * all(per_half_step);
        vf left = kept + load(AT(ROW_LEFT)) + g_Na + g_K + g_Ca;
        vf right = fma(kept, V, load(AT(ROW_B_SOMA)));
        right = fma(g_Na, all(E_NA), right);
        right = fma(g_K, all(E_K), right);
        right = fma(g_Ca, all(E_CA), right);
        vf D[4], u[4];
        for (int j = 0; j < 4; j++) {
            D[j] = load(AT(ROW_V_D + j));
            u[j] = fma(load(AT(ROW_KEEP_D + j)), D[j], load(AT(ROW_PUSH_D + j)));
        }
        vf middle = fma(load(AT(ROW_G_AXIAL)), (u[0] + u[1]) + (u[2] + u[3]), right) / left;
        for (int j = 0; j < 4; j++)
            store(AT(ROW_V_D + j), fms(two, fma(load(AT(ROW_PULL_D + j)), middle, u[j]), D[j]));
        store(AT(ROW_V), fms(two, middle, V));
        store(AT(ROW_SLOPE), (middle - V) * all(per_half_step));
        store(AT(ROW_V_BEFORE), V);
        store(AT(ROW_M_NA), m);
        store(AT(ROW_H_NA), h);
        store(AT(ROW_N_K), n);
        store(AT(ROW_P_NAP), p);
        store(AT(ROW_A_CA), a);
        store(AT(ROW_CALCIUM), c);
        store(AT(ROW_N_KCA), k);
        store(AT(ROW_AGE), all(half_step));
    }
}

static inline void eliminate(float *s, float per_half_step) {
    for (int i = 0; i < WIDTH; i += L) {
        vf kept = load(AT(ROW_C_DENDRITE)) * all(per_half_step), g = load(AT(ROW_G_AXIAL));
        vf sum = all(0.0f);
        for (int j = 0; j < 4; j++) {
            vf r = all(1.0f) / (kept + load(AT(ROW_G_D + j)) + g);
            store(AT(ROW_KEEP_D + j), r * kept);
            store(AT(ROW_PUSH_D + j), r * load(AT(ROW_B_D + j)));
            store(AT(ROW_PULL_D + j), r * g);
            sum = sum + r;
        }
        store(AT(ROW_LEFT), fnma(g * g, sum, fma(all(4.0f), g, load(AT(ROW_G_SOMA)))));
    }
}

static inline void fluctuate(float *s, const uint32_t *name, uint32_t slow, float left, float kick) {
    for (int i = 0; i < WIDTH; i += L) {
        vi c0 = set(slow), c1 = set(name[NAME_TRIAL]), c3 = set(0);
        vi c2 = add(set(name[NAME_FIRST_NEURON] + (uint32_t)i), count_up());
        uint32_t k0 = name[NAME_KEY_LOW], k1 = name[NAME_KEY_HIGH];
        for (int round = 0; round < 10; round++) {
            vi high0, low0, high2, low2;
            multiply(c0, 0xD2511F53u, high0, low0);
            multiply(c2, 0xCD9E8D57u, high2, low2);
            c0 = both(both(high2, c1), set(k0));
            c1 = low2;
            c2 = both(both(high0, c3), set(k1));
            c3 = low0;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        vi word[4] = {c0, c1, c2, c3};
        for (int j = 0; j < 8; j++) {
            int row = j < 4 ? ROW_X_E + j : ROW_X_I + j - 4;
            vf half = number(j % 2 ? high_half(word[j / 2]) : low_half(word[j / 2]));
            vf uniform = (half - all(UNIFORM_CENTER)) * all(UNIFORM_STEP);
            store(AT(row), fma(all(left), load(AT(row)), all(kick) * uniform));
        }
    }
}

static inline void gates_of_dendrite(vf V, vf theta_m, vf theta_h, vf &q, vf &m, vf &shut) {
    vf y = exp2v(clamped(V) * all(D_PER_mV)), y2 = y * y, y4 = y2 * y2, y5 = y4 * y;
    vf y10 = y5 * y5, y15 = y10 * y5, y20 = y10 * y10, y24 = y20 * y4;
    q = y15 / (y15 + all(Q_HALF));
    m = all(1.0f) / fma(theta_m, y20, all(1.0f));
    shut = theta_h / (y24 + theta_h);
}

static inline void pull(float *s, const float *gains) {
    const vf zero = all(0.0f);
    for (int i = 0; i < WIDTH; i += L) {
        vf tm = load(AT(ROW_EXP_THETA_M)), th = load(AT(ROW_EXP_THETA_H)), q_inf, m_inf, shut_inf;
        vf y = exp2v(clamped(load(AT(ROW_V))) * all(D_PER_mV)), y2 = y * y, y5 = y2 * y2 * y;
        vf y15 = y5 * y5 * y5;
        vf q = moved(load(AT(ROW_Q_SOMA)), y15 / (y15 + all(Q_HALF)), all(gains[0]));
        store(AT(ROW_Q_SOMA), q);
        vf g_h = load(AT(ROW_G_H_SOMA)) * q;
        store(AT(ROW_G_SOMA), load(AT(ROW_G_PAS_SOMA)) + g_h);
        store(AT(ROW_B_SOMA), fma(g_h, all(E_H), load(AT(ROW_B_PAS_SOMA))) + load(AT(ROW_CURRENT)));
        vf M_e = load(AT(ROW_EXCITATION)), M_i = load(AT(ROW_INHIBITION));
        vf noise = load(AT(ROW_NOISE)), E_i = load(AT(ROW_E_INHIBITION));
        vf spread_e = noise * root(M_e), spread_i = noise * root(M_i);
        vf area_e = load(AT(ROW_SYNAPTIC_E)), area_i = load(AT(ROW_SYNAPTIC_I)), gamma = load(AT(ROW_GAMMA));
        vf g_pas = load(AT(ROW_G_PAS_D)), b_pas = load(AT(ROW_B_PAS_D)), g_hd = load(AT(ROW_G_H_D));
        for (int j = 0; j < 4; j++) {
            gates_of_dendrite(load(AT(ROW_V_D + j)), tm, th, q_inf, m_inf, shut_inf);
            vf qd = moved(load(AT(ROW_Q_D + j)), q_inf, all(gains[0]));
            vf m = moved(load(AT(ROW_M_L + j)), m_inf, all(gains[1]));
            vf shut = moved(load(AT(ROW_SHUT_L + j)), shut_inf, all(gains[2]));
            store(AT(ROW_Q_D + j), qd);
            store(AT(ROW_M_L + j), m);
            store(AT(ROW_SHUT_L + j), shut);
            vf gh = g_hd * qd, g_L = gamma * load(AT(ROW_G_L + j)) * m * (all(1.0f) - shut);
            vf g_e = area_e * most(zero, fma(spread_e, load(AT(ROW_X_E + j)), M_e));
            vf g_i = area_i * most(zero, fma(spread_i, load(AT(ROW_X_I + j)), M_i));
            store(AT(ROW_G_D + j), g_pas + gh + g_L + g_e + g_i);
            store(AT(ROW_B_D + j), fma(gh, all(E_H), fma(g_L, all(E_L), fma(g_e, all(E_E), fma(g_i, E_i, b_pas)))));
        }
    }
}

static inline void mark_spikes(float *s, float part) {
    const vf limit = all(SPIKE_mV);
    for (int i = 0; i < WIDTH; i += L) {
        vf before = load(AT(ROW_V_BEFORE)), after = load(AT(ROW_V));
        vf where = all(part) + (limit - before) / (after - before);
        store(AT(ROW_CROSSED), crossed(before, after, limit, where, load(AT(ROW_CROSSED))));
    }
}

extern "C" void integrate(float *state, const uint32_t *names, const float *columns, int chunks,
                          int slow_steps_in_all, float noise, double step_ms, int slow_steps,
                          int inner_steps, int noise_every, float fine_above,
                          float fine_slope, const float *gains, double *spike_ms,
                          int room, int64_t *counts) {
    const size_t size = (size_t)ROWS * WIDTH;
    std::vector<float> refined(size * chunks);
    float *fine = refined.data();
    std::vector<int> lane(chunks * WIDTH + L);
    const double part_ms = step_ms / inner_steps;
    const float per_half = (float)(2 / step_ms), half = (float)(step_ms / 2);
    const float fine_per_half = (float)(2 / part_ms), fine_half = (float)(part_ms / 2);
    const float kick = noise * std::sqrt(1 - gains[3] * gains[3]);
    for (int slow = 0; slow < slow_steps_in_all; slow++) {
        for (int c = 0; c < chunks; c++) {
            float *s = state + c * size;
            const int rows[4] = {ROW_EXCITATION, ROW_INHIBITION, ROW_GAMMA, ROW_CURRENT};
            for (int q = 0; q < 4; q++)
                for (int i = 0; i < WIDTH; i += L)
                    store(AT(rows[q]), all(columns[(size_t)q * slow_steps_in_all + slow]));
            if (noise > 0 && slow % noise_every == 0)
                fluctuate(s, names + c * NAMES, (uint32_t)(slow / noise_every), gains[3], kick);
            pull(s, gains);
            eliminate(s, per_half);
        }
        for (int coarse = 0; coarse < slow_steps; coarse++) {
            const double now_ms = ((double)slow * slow_steps + coarse) * step_ms;
            int found = 0;
            for (int c = 0; c < chunks; c++) {
                float *s = state + c * size;
                for (int i = 0; i < WIDTH; i += L) {
                    unsigned mask = above(load(AT(ROW_V)), all(fine_above)) |
                                    above(load(AT(ROW_SLOPE)), all(fine_slope)) |
                                    above(all(-fine_slope), load(AT(ROW_SLOPE)));
                    while (mask) {
                        lane[found++] = c * WIDTH + i + __builtin_ctz(mask);
                        mask &= mask - 1;
                    }
                }
            }
            const int fine_chunks = (found + WIDTH - 1) / WIDTH;
            for (int k = 0; k < fine_chunks * WIDTH; k++) {
                const int from = k < found ? lane[k] : lane[k - k % WIDTH];
                const float *s = state + (from / WIDTH) * size + from % WIDTH;
                float *f = fine + (k / WIDTH) * size + k % WIDTH;
                for (int row = 0; row < GATHERED; row++) f[row * WIDTH] = s[row * WIDTH];
            }
            for (int c = 0; c < chunks; c++) step(state + c * size, per_half, half, 1.0f);
            for (int c = 0; c < fine_chunks; c++) {
                float *s = fine + c * size;
                eliminate(s, fine_per_half);
                for (int i = 0; i < WIDTH; i += L) store(AT(ROW_CROSSED), all(-1.0f));
                for (int inner = 0; inner < inner_steps; inner++) {
                    step(s, fine_per_half, fine_half, 0.0f);
                    mark_spikes(s, (float)inner);
                }
            }
            for (int k = 0; k < found; k++) {
                const float *f = fine + (k / WIDTH) * size + k % WIDTH;
                float *s = state + (lane[k] / WIDTH) * size + lane[k] % WIDTH;
                const float where = f[ROW_CROSSED * WIDTH];
                if (where >= 0 && counts[lane[k]] < room)
                    spike_ms[(size_t)lane[k] * room + counts[lane[k]]++] = now_ms + where * part_ms;
                for (int row = 0; row < FAST_STATE; row++) s[row * WIDTH] = f[row * WIDTH];
            }
        }
    }
}
