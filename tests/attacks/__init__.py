"""What an attacker would send: mutants of good packages, hostile bodies, arbitrary files; and the page that counts them."""
