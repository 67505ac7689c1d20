using KioskFleet.Protocol.Amounts;

namespace KioskFleet.Service.Venues;

/// <summary>An amount as it was sent: in yuan as a text with at most two decimals, or in fen; never in both.</summary>
/// <param name="Yuan">Yuan as text; null or empty for none.</param>
/// <param name="Fen">Whole fen; null for none.</param>
internal readonly record struct MoneyText(string? Yuan, long? Fen)
{
    /// <summary>True when nothing was sent.</summary>
    public bool IsMissing => string.IsNullOrWhiteSpace(Yuan) && Fen is null;

    /// <summary>Reads the amount; null without a refusal when nothing was sent. Pure.</summary>
    /// <param name="field">The field's name, for the refusal.</param>
    /// <param name="refusal">What is wrong, or null.</param>
    public long? Read(string field, out Refusal? refusal)
    {
        refusal = null;
        if (IsMissing)
        {
            return null;
        }

        if (!string.IsNullOrWhiteSpace(Yuan) && Fen is not null)
        {
            refusal = new Refusal(RefusalCode.MoneyTwice, field, $"{Yuan}, {Fen} fen");
            return null;
        }

        if (Fen is not { } fen)
        {
            if (!Money.TryParseYuan(Yuan, out var money))
            {
                refusal = new Refusal(RefusalCode.BadMoney, field, Yuan);
                return null;
            }

            fen = money.Fen;
        }

        refusal = fen < 0 ? new Refusal(RefusalCode.MoneyNegative, field, Yuan ?? $"{fen} fen")
            : fen > VenueLimits.MaxAmountFen ? new Refusal(RefusalCode.BadMoney, field, Yuan ?? $"{fen} fen")
            : null;
        return refusal is null ? fen : null;
    }
}
