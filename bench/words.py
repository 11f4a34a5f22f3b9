"""Words to make up customers and products of: Indonesian names, streets, towns, remarks, goods."""


def _list(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("|")]


FIRST = _list(
    """
    Sari | Dewi | Budi | Agus | Siti | Rina | Joko | Wati | Hendra | Yanti | Eko | Putri | Dedi | Lestari |
    Bambang | Fitri | Rudi | Maya | Andi | Nur | Slamet | Indah | Wahyu | Ratna | Tono | Kartika | Arif | Melati
    | Surya | Ayu | Fajar | Intan | Galih | Dian | Yusuf | Mega | Rahmat | Tuti | Iwan | Lina
    """
)
LAST = _list(
    """
    Wijaya | Santoso | Kusuma | Pratama | Hidayat | Saputra | Wulandari | Setiawan | Rahayu | Nugroho | Susanto
    | Permata | Gunawan | Halim | Siregar | Nasution | Simanjuntak | Lubis | Ginting | Manurung | Tanjung |
    Harahap | Suryadi | Purnomo | Utami | Handayani | Maulana | Firmansyah | Anggraini | Kurniawan | Hartono |
    Salim | Basuki | Mulyadi | Irawan | Sihombing | Pangaribuan | Fauzi | Ramadhan | Yulianti
    """
)
STREETS = _list(
    """
    Gajah Mada | Diponegoro | Sudirman | Ahmad Yani | Teuku Umar | Merdeka | Pahlawan | Imam Bonjol | Kartini |
    Veteran | Hasanuddin | Sisingamangaraja | Tanjung Raya | Sungai Raya Dalam | Kota Baru | Khatulistiwa |
    Adisucipto | Antasari
    """
)
AREAS = _list(
    """
    Benua Melayu | Sungai Bangkong | Parit Tokaya | Akcaya | Saigon | Siantan Hulu | Bansir | Tanjung Hulu
    """
)
CITIES = _list(
    """
    Pontianak | Singkawang | Sambas | Ketapang | Mempawah | Sintang | Sanggau | Kubu Raya | Landak | Bengkayang
    """
)
REMARKS = _list(
    """
    alergi minyak lavender | kulit sensitif, pakai minyak kelapa saja | tekanan darah tinggi, tanyakan obat |
    hamil, pijat ringan tanpa perut | asma, jangan pakai dupa | pernah operasi lutut kanan | minta terapis
    perempuan | datang bersama bayi, siapkan kursi | alergi kacang dan almond | baru operasi caesar, tunggu
    surat dokter | jangan ditelepon sebelum jam sepuluh
    """
)
GOODS = _list(
    """
    Kampas rem | Busi | Oli mesin | Rantai | Lampu depan | Ban dalam | Filter udara | Aki kering | Spion | Kabel
    gas | Sandal kulit | Sepatu anak | Minyak pijat | Lulur bengkoang | Sabun susu | Selendang batik | Tas rotan
    """
)
